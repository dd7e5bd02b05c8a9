import assert from 'node:assert/strict';
import test from 'node:test';
import { noTasks } from '../../../../core/metrics/count-tasks.ts';
import type { ServiceTotals } from '../../../../core/metrics/metrics.ts';
import { createReadMetrics, keepMs } from '../../../../core/metrics/read-metrics.ts';

const nothing: ServiceTotals = {
  tasks: noTasks(),
  webhooks: { delivered: 0, retrying: 0, rejected: 0, dead: 0 },
  repairs: { tickets: 0, messages: 0, slots: 0, woken: 0, counts: 0 },
  providers: [],
};

function setUp(read: () => Promise<ServiceTotals>) {
  let now = 0;
  let reads = 0;
  const store = {
    read(providers: readonly string[]) {
      assert.deepEqual(providers, ['kimi']);
      reads += 1;
      return read();
    },
  };
  return {
    readMetrics: createReadMetrics({ store, providers: ['kimi'], taskTypes: [], clock: () => now }),
    passTime: (ms: number) => {
      now += ms;
    },
    reads: () => reads,
  };
}

test('what was read is kept for ten seconds, for callers at the same time too', async () => {
  const { readMetrics, passTime, reads } = setUp(async () => nothing);
  await Promise.all([readMetrics(), readMetrics()]);
  passTime(keepMs - 1);
  assert.ok((await readMetrics()).length > 10);
  assert.equal(reads(), 1);
  passTime(1);
  await readMetrics();
  assert.equal(reads(), 2);
});

test('a reading that failed is not kept', async () => {
  let fails = true;
  const { readMetrics } = setUp(async () => {
    if (fails) throw new Error('throttled');
    return nothing;
  });
  await assert.rejects(readMetrics(), /throttled/);
  fails = false;
  assert.ok((await readMetrics()).length > 10);
});
