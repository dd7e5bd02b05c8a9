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
