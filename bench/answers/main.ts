import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Client, createClient, isFinal } from '../../client/create-client.ts';
import type { Batch } from '../../client/wire.ts';
import { percentile } from '../percentile.ts';
import { startProcess } from '../start-process.ts';
import { unkeyed } from '../unkeyed.ts';
import { readStream, type StreamOutcome } from './read-stream.ts';
import { type StoppableService, startStoppable } from './service.ts';
import type { Writing, WritingReport } from './writing-provider.ts';

// What callers who wait are promised, tried with a provider whose limit is ten. `--only sync|streams|killed|left|kept`.

const { values } = parseArgs({
  options: { only: { type: 'string' }, kept: { type: 'string', default: '0' } },
});
const limit = 10;

const provider = await startProcess<{ port: number }>(join(import.meta.dirname, 'writing-provider.ts'));
const providerUrl = `http://127.0.0.1:${provider.message.port}`;
const control = async (writing: Writing) => {
  await fetch(`${providerUrl}/control`, { method: 'POST', body: JSON.stringify(writing) });
};
const report = async () => (await (await fetch(`${providerUrl}/report`)).json()) as WritingReport;

interface Bench {
  service: StoppableService;
  client: Client;
}

const task = (prompt: string) => ({ type: 'custom', prompt, config: { provider: 'local' } });

async function submitBacklog({ client }: Bench, count: number): Promise<string> {
  const tasks = Array.from({ length: count }, (_, index) => task(`backlog ${index}`));
  return (await client.submitBatch({ tasks }, unkeyed)).batch_id;
}

async function untilBatchEnds({ client }: Bench, batch: string): Promise<Batch['counts']> {
  for (;;) {
    const { status, counts } = await client.getBatch(batch);
    if (status === 'completed') return counts;
    await sleep(1_000);
  }
}

/** 200 synchronous calls at once. */
async function sync({ client }: Bench): Promise<void> {
  await control({ words: 10, wordMs: 100 });
  const startedAt = Date.now();
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const { task_id: id, status } = await client.sync(task(`call ${index}`), unkeyed);
      return { id, status, at: Date.now() - startedAt };
    }),
  );
  const counts: Record<string, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  const late = answers.filter(({ status }) => !isFinal(status));
  let completed = 0;
  for (const { id } of late) if ((await client.wait(id)).status === 'completed') completed += 1;
  const { mostAtOnce, calls } = await report();
  console.log(
    `200 synchronous calls at once, limit ${limit}: ${JSON.stringify(counts)} by status, ${completed} of ${late.length} late ones completed, ` +
      `most at once ${mostAtOnce}, ${calls.length} calls, last answer after ${Math.max(...answers.map(({ at }) => at))} ms`,
  );
}

function describeStreams(outcomes: StreamOutcome[]): string {
  const whole = outcomes.filter(
    ({ text, content, ended }) => ended === 'completed' && text === content,
  ).length;
  const first = outcomes.map(({ firstDeltaMs }) => firstDeltaMs ?? Number.NaN);
  const sum = (of: (outcome: StreamOutcome) => number) =>
    outcomes.reduce((total, each) => total + of(each), 0);
  return (
    `${whole} of ${outcomes.length} ended with the whole text, in order and none doubled; first delta p50 ${percentile(first, 0.5)} ms, ` +
    `p95 ${percentile(first, 0.95)} ms; ${sum(({ restarts }) => restarts)} restarts told, ${sum(({ connections }) => connections)} connections, ` +
    `${sum(({ events }) => events)} events`
  );
}

/** 50 streams at once over a backlog. */
async function streams(bench: Bench): Promise<void> {
  await control({ words: 20, wordMs: 50 });
  const batch = await submitBacklog(bench, 300);
  await sleep(3_000);
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      readStream(bench.service.url, task(`stream ${index}`), () => false),
    ),
  );
  const { mostAtOnce } = await report();
  const counts = await untilBatchEnds(bench, batch);
  console.log(
    `50 streams at once over 300 normal tasks: ${describeStreams(outcomes)}; most at once ${mostAtOnce}; backlog ${JSON.stringify(counts)}`,
  );
}

/** The service is killed while streams are read. */
async function killed({ service, client }: Bench): Promise<void> {
  await control({ words: 60, wordMs: 100 });
  let isOver = false;
  const reading = Promise.all(
    Array.from({ length: 20 }, (_, index) => readStream(service.url, task(`killed ${index}`), () => isOver)),
  );
  await sleep(4_000);
  const killedAt = Date.now();
  await service.restart();
  const patience = setTimeout(() => {
    isOver = true;
  }, 240_000);
  const outcomes = await reading;
  clearTimeout(patience);
  let ended = 0;
  for (const { taskId } of outcomes) {
    if (!taskId) continue;
    if (isFinal((await client.get(taskId)).status)) ended += 1;
  }
  console.log(
    `kill -9 while 20 streams are read: ${describeStreams(outcomes)}; ${ended} tasks ended, all within ${Date.now() - killedAt} ms of the kill; ` +
      `most at once ${(await report()).mostAtOnce}`,
  );
}

/** A client goes away after three deltas. */
async function left({ service }: Bench): Promise<void> {
  const waits: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    await control({ words: 200, wordMs: 50 });
    const leaving = new AbortController();
    const answer = await fetch(`${service.url}/api/v1/process/stream`, {
      method: 'POST',
      signal: leaving.signal,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(task(`left ${round}`)),
    });
    let text = '';
    for await (const bytes of answer.body ?? []) {
      text += Buffer.from(bytes).toString();
      if (text.split('event: delta').length > 3) break;
    }
    leaving.abort();
    const leftAt = Date.now();
    for (;;) {
      const [call] = (await report()).calls;
      if (call?.closedAt) {
        waits.push(call.closedAt - leftAt);
        break;
      }
      await sleep(50);
    }
  }
  console.log(
    `a client leaves after three deltas: the provider's connection closed after ${waits.join(', ')} ms`,
  );
}

/** What kept slots cost queued work, and what they spare those who wait: with a backlog. */
async function kept(bench: Bench): Promise<void> {
  await control({ words: 10, wordMs: 50 });
  const startedAt = Date.now();
  const batch = await submitBacklog(bench, 300);
  await sleep(2_000);
  const waits: number[] = [];
  const asking = (async () => {
    for (let index = 0; index < 20; index += 1) {
      const askedAt = Date.now();
      await bench.client.sync(task(`kept ${index}`), unkeyed);
      waits.push(Date.now() - askedAt);
      await sleep(100);
    }
  })();
  await untilBatchEnds(bench, batch);
  const backlogMs = Date.now() - startedAt;
  await asking;
  console.log(
    `${values.kept} slots kept: a synchronous call over a backlog p50 ${percentile(waits, 0.5)} ms, p95 ${percentile(waits, 0.95)} ms; ` +
      `300 queued tasks took ${backlogMs} ms (ideal ${(300 / limit) * 500} ms); most at once ${(await report()).mostAtOnce}`,
  );
}

const scenarios = { sync, streams, killed, left, kept };
try {
  for (const [name, scenario] of Object.entries(scenarios)) {
    if (values.only !== undefined && values.only !== name) continue;
    console.log(`${name}: starting the service …`);
    const service = await startStoppable({
      LLM_PROVIDERS: 'local',
      LOCAL_LLM_BASE_URL: `${providerUrl}/v1`,
      LLM_CONCURRENCY_LOCAL: String(limit),
      LLM_SLOTS_KEPT_FOR_SYNC: values.kept,
    });
    try {
      await scenario({ service, client: createClient({ baseUrl: service.url }) });
    } finally {
      await service.stop();
    }
  }
} finally {
  provider.child.disconnect();
}
