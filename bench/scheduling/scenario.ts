import { setTimeout as sleep } from 'node:timers/promises';
import { createProgress } from '../progress.ts';
import { type RunningService, startService } from '../start-service.ts';
import type { RecordingProvider } from './provider-report.ts';

export interface Measure {
  what: string;
  bar: string;
  measured: string;
  met: boolean;
}

export interface Bench {
  provider: RecordingProvider;
  service: RunningService;
  /** Submits `count` tasks as batches; their numbers go on from the last one given out. Answers the first number. */
  submit(count: number, options?: { priority?: string; timeout?: string }): Promise<number>;
  /** Waits until all accepted tasks have ended, or gives up after `patienceMs`. */
  drain(patienceMs: number): Promise<void>;
  tell(text: string): void;
}

export interface Totals {
  accepted: number;
  ended: number;
}

export interface Scenario {
  name: string;
  settings: Record<string, string>;
  serviceMs: number;
  run(bench: Bench): Promise<Measure[]>;
}

interface Stats {
  tasks: { queued: number; processing: number; completed: number; failed: number; cancelled: number };
}

/** Names of the worker functions. */
export const workers = /process-task/;

/** Runs one scenario on a service of its own, so that none sees another's tasks. */
export async function runScenario(
  scenario: Scenario,
  provider: RecordingProvider,
  totals: Totals,
): Promise<Measure[]> {
  const progress = createProgress(scenario.name.padEnd(24));
  progress.tell('starting the service');
  const service = await startService({
    LLM_PROVIDERS: 'local',
    LOCAL_LLM_BASE_URL: provider.baseUrl,
    LLM_TASK_TIMEOUT: '1h',
    LLM_MAX_QUEUE_SIZE: '100000',
    ...scenario.settings,
  });
  try {
    await provider.reset(scenario.serviceMs);
    let numbered = 0;
    let accepted = 0;
    const batches: string[] = [];
    const bench: Bench = {
      provider,
      service,
      tell: progress.tell,
      async submit(count, { priority = 'normal', timeout } = {}) {
        const first = numbered;
        numbered += count;
        for (let from = first; from < numbered; from += 500) {
          const tasks = Array.from({ length: Math.min(500, numbered - from) }, (_, i) => ({
            type: 'custom',
            prompt: `Answer #${from + i}#`,
            priority,
            config: { cache_enabled: false, ...(timeout && { timeout }) },
          }));
          const answer = await service.call<{ batch_id: string; accepted: number }>(
            'POST',
            '/api/v1/tasks/batch',
            { tasks },
          );
          batches.push(answer.batch_id);
          accepted += answer.accepted;
        }
        return first;
      },
      async drain(patienceMs) {
        const giveUpAt = Date.now() + patienceMs;
        while (Date.now() < giveUpAt) {
          const ended = await countEnded(service, batches);
          progress.tell(`${ended} of ${accepted} tasks ended`);
          if (ended >= accepted) return;
          await sleep(500);
        }
      },
    };
    const measures = await scenario.run(bench);
    totals.accepted += accepted;
    totals.ended += await countEnded(service, batches);
    progress.end(measures.map(({ what, measured }) => `${what}: ${measured}`).join('; '));
    return measures;
  } finally {
    await service.stop();
  }
}

async function countEnded(service: RunningService, batches: string[]): Promise<number> {
  let ended = 0;
  for (const batch of batches) {
    const { counts } = await service.call<{ counts: Stats['tasks'] }>('GET', `/api/v1/batches/${batch}`);
    ended += counts.completed + counts.failed + counts.cancelled;
  }
  return ended;
}
