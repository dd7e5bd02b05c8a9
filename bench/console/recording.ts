import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../../client/create-client.ts';
import type { Provider, ProviderStatus, Stats, Task, TaskEvent } from '../../client/wire.ts';
import { startService } from '../start-service.ts';

export interface Recording {
  /** Frames as they came, each with its milliseconds since the first. */
  frames: { at: number; event: TaskEvent }[];
  /** As they were at the end. */
  tasks: Task[];
  stats: Stats;
  statuses: ProviderStatus[];
  providers: Provider[];
}

/** What a WebSocket of the whole service got while `count` tasks were submitted in a minute, 1 in 50 of them to fail. */
export async function record(count: number, tell: (text: string) => void): Promise<Recording> {
  const service = await startService({
    LLM_PROVIDERS: 'simulated',
    LLM_CONCURRENCY_SIMULATED: '50',
    SIMULATED_BASE_URL: 'simulated://default?latency_ms=300&jitter=0.5&error_rate=0.02&seed=console',
  });
  const stopped = new AbortController();
  try {
    const client = createClient({ baseUrl: service.host.url });
    const frames: Recording['frames'] = [];
    const startedAt = performance.now();
    let ended = 0;
    const following = (async () => {
      for await (const event of client.follow({ signal: stopped.signal })) {
        if (event.event_type === 'delta' || event.event_type === 'batch.completed') continue;
        frames.push({ at: performance.now() - startedAt, event });
        if (['completed', 'failed'].includes(event.event_type)) ended += 1;
      }
    })();
    await sleep(1_000);
    const perSecond = count / 60;
    const submitting: Promise<unknown>[] = [];
    for (let second = 0; second < 60; second += 1) {
      submitting.push(client.submitBatch({ tasks: makeTasks(perSecond, second) }));
      await sleep(1_000);
      tell(`${frames.length} frames, ${ended} tasks ended`);
    }
    await Promise.all(submitting);
    for (let waited = 0; ended < count && waited < 300; waited += 1) await sleep(1_000);
    stopped.abort();
    await following;
    return {
      frames,
      tasks: await Array.fromAsync(client.listAll()),
      stats: await client.stats(),
      statuses: await client.providerStatuses(),
      providers: await client.providers(),
    };
  } finally {
    stopped.abort();
    await service.stop();
  }
}

const priorities = ['high', 'normal', 'low'] as const;

function makeTasks(count: number, second: number) {
  return Array.from({ length: count }, (_, each) => ({
    type: 'custom' as const,
    prompt: `Name a river, ${second}-${each}.`,
    priority: priorities[each % 3] ?? ('normal' as const),
    config: { max_retries: 0 },
  }));
}
