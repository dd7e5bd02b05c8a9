import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createClient } from '../../client/create-client.ts';
import type { CountedRequests } from '../../local/requests/request-counter.ts';
import { createProgress } from '../progress.ts';
import { checkAnswers, submitBatch, waitForBatch, writeLines } from './run-batch.ts';
import { type KillableService, startKillableService } from './service.ts';
import { startUrgentTasks } from './urgent-tasks.ts';

// A batch of OpenAI's clients on one machine: how long it takes, what it does to urgent tasks beside it, what it costs in
// requests, and that each line is answered once where the host is killed under way. For a trial:
// npm run bench:batches -- --lines 1000 --killed 500 --quiet 10

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '50000' },
    /** Of the batch during which the host is killed; 0: none. */
    killed: { type: 'string', default: '5000' },
    /** Seconds of urgent tasks without a batch. */
    quiet: { type: 'string', default: '60' },
  },
});
const lines = Number(values.lines);
const killed = Number(values.killed);

/** Without what the bench itself asks for, and how often functions run. */
const sum = (counted: CountedRequests[], caller: RegExp) =>
  counted
    .filter(({ kind, line, caller: by }) => kind !== 'invocation' && line !== 'tools' && caller.test(by))
    .reduce((total, { count }) => total + count, 0);

async function runBeside(service: KillableService): Promise<void> {
  const urgentClient = createClient({ baseUrl: service.url(), token: service.token });
  const client = service.client();
  const alone = startUrgentTasks(urgentClient);
  await sleep(Number(values.quiet) * 1_000);
  console.log(`before: ${await alone.stop()}`);

  const before = await service.countRequests();
  const progress = createProgress(`${lines} lines`);
  const urgent = startUrgentTasks(urgentClient);
  const startedAt = Date.now();
  const batch = await waitForBatch(client, await submitBatch(client, writeLines(lines, 'line')), progress);
  const seconds = (Date.now() - startedAt) / 1_000;
  progress.end(batch.status);
  console.log(`beside: ${await urgent.stop()}`);
  await checkAnswers(client, batch, lines);
  const after = await service.countRequests();
  const each = (caller: RegExp) => ((sum(after, caller) - sum(before, caller)) / lines).toFixed(3);
  console.log(
    `${lines} lines, each answered once, in ${seconds.toFixed(0)} s: ${(lines / seconds).toFixed(0)} a second`,
  );
  console.log(`requests to AWS a line: ${each(/run-batches/)} of the batch, ${each(/./)} in all`);
}

async function runKilled(service: KillableService): Promise<void> {
  const progress = createProgress(`${killed} lines, killed`);
  const id = await submitBatch(service.client(), writeLines(killed, 'killed'));
  for (const share of [0.2, 0.5]) {
    await waitForBatch(service.client(), id, progress, (answered) => answered >= share * killed);
    await service.killAndRestart();
  }
  const batch = await waitForBatch(service.client(), id, progress);
  await checkAnswers(service.client(), batch, killed);
  progress.end('killed twice under way, and each line is answered once');
}

const service = await startKillableService({
  LLM_PROVIDERS: 'simulated',
  LLM_CONCURRENCY_SIMULATED: '20',
  SIMULATED_BASE_URL: 'simulated://default?latency_ms=20&tokens_per_second=10000',
});
try {
  await runBeside(service);
  if (killed > 0) await runKilled(service);
} finally {
  await service.stop();
}
