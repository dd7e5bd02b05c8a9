import { after, test } from 'node:test';
import { checkAnswers, submitBatch, waitForBatch, writeLines } from '../../../bench/batches/run-batch.ts';
import { startKillableService } from '../../../bench/batches/service.ts';

const service = await startKillableService({
  LLM_PROVIDERS: 'simulated',
  LLM_CONCURRENCY_SIMULATED: '10',
  SIMULATED_BASE_URL: 'simulated://default?latency_ms=20&tokens_per_second=10000',
});
after(() => service.stop());

const silent = { tell() {}, end() {} };
const lines = 300;

test('a batch goes on over kill -9 of the whole host, and each line is answered once', async () => {
  const id = await submitBatch(service.client(), writeLines(lines, 'line'));
  for (const answered of [50, 150]) {
    await waitForBatch(service.client(), id, silent, (found) => found >= answered);
    await service.killAndRestart();
    // Each new batch starts a run, which goes on with all that are due.
    await submitBatch(service.client(), writeLines(1, `after ${answered}`));
  }
  await checkAnswers(service.client(), await waitForBatch(service.client(), id, silent), lines);
});
