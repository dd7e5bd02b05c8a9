import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { planWorker } from '../../../config/worker-plan.ts';

test('without the semaphore, executions times tasks per invocation are never more than the limit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 10 }), (limit, k) => {
      const plan = planWorker('kimi', limit, {
        tasksPerInvocation: k,
        slotsKeptForSync: 0,
        reservedConcurrency: true,
      });
      assert.ok(plan.limitedBySemaphore || (plan.reservedConcurrency ?? 0) * k <= limit);
      assert.ok(plan.maximumConcurrency <= (plan.reservedConcurrency ?? 0));
      assert.ok(plan.maximumConcurrency >= 2);
    }),
  );
});

test('slots kept for synchronous calls are taken from those of the queue', () => {
  const plan = planWorker('kimi', 10, {
    tasksPerInvocation: 1,
    slotsKeptForSync: 3,
    reservedConcurrency: true,
  });
  assert.equal(plan.reservedConcurrency, 10);
  assert.equal(plan.maximumConcurrency, 7);
});

test('a limit that leaves the queue fewer than two executions is refused, with the reason', () => {
  assert.throws(
    () => planWorker('kimi', 2, { tasksPerInvocation: 1, slotsKeptForSync: 1, reservedConcurrency: true }),
    /LLM_SLOTS_KEPT_FOR_SYNC=1 leaves 1 of the 2 executions of kimi's worker/,
  );
});

test('slots kept that are the whole limit are refused, wherever the limit is held', () => {
  for (const reservedConcurrency of [true, false])
    for (const [limit, slotsKeptForSync] of [
      [1, 1],
      [1, 2],
      [5, 5],
    ] as const)
      assert.throws(
        () => planWorker('kimi', limit, { tasksPerInvocation: 1, slotsKeptForSync, reservedConcurrency }),
        {
          message:
            `LLM_SLOTS_KEPT_FOR_SYNC=${slotsKeptForSync} leaves nothing of kimi's limit of ${limit} to what is queued: ` +
            "raise the provider's limit or keep fewer slots",
        },
      );
});

const plan = (limit: number, tasksPerInvocation: number) =>
  planWorker('kimi', limit, { tasksPerInvocation, slotsKeptForSync: 0, reservedConcurrency: true });

test('tickets that come one by one find an execution each, however many tasks an invocation may take', () => {
  for (const limit of [2, 20, 100])
    for (const k of [1, 2, 10]) assert.equal(plan(limit, k).maximumConcurrency, limit, `${limit}, ${k}`);
  assert.equal(plan(20, 10).limitedBySemaphore, true);
  assert.equal(plan(20, 1).limitedBySemaphore, false);
});

test('above a hundred executions batches are filled, so that a high limit needs fewer', () => {
  assert.equal(plan(1_000, 10).maximumConcurrency, 100);
  assert.equal(plan(1_000, 2).maximumConcurrency, 500);
  assert.equal(plan(150, 10).maximumConcurrency, 100);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: 10 }), (limit, k) => {
      const { maximumConcurrency } = plan(limit, k);
      assert.ok(maximumConcurrency * k >= limit, 'the limit can be reached');
      assert.ok(maximumConcurrency <= Math.max(limit, 2));
    }),
  );
});
