import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { fitsReservations, planAccount } from '../../../config/account-plan.ts';
import { planWorker, type WorkerPlan } from '../../../config/worker-plan.ts';

function workersOf(limits: readonly number[], reservedConcurrency = false): WorkerPlan[] {
  const options = { tasksPerInvocation: 1, slotsKeptForSync: 0, reservedConcurrency };
  return limits.map((limit, index) => planWorker(`p${index}`, limit, options));
}

/** Of each worker, of the webhooks, of a shard of the stream. */
function sharesOf(limits: readonly number[], accountConcurrency: number): [number[], number, number] {
  const { workers, webhooks, executionsPerShard } = planAccount(workersOf(limits), accountConcurrency);
  return [workers.map(({ maximumConcurrency }) => maximumConcurrency), webhooks, executionsPerShard];
}

test('ten executions are enough for one provider', () => {
  assert.deepEqual(sharesOf([20], 10), [[2], 2, 1]);
  assert.deepEqual(sharesOf([20, 20], 12), [[2, 2], 2, 1]);
});

test('what there is beyond the least goes to the stream, the workers, the webhooks, in that order', () => {
  assert.deepEqual(sharesOf([4], 13), [[2], 2, 1], 'three more shards');
  assert.deepEqual(sharesOf([4], 15), [[4], 2, 1]);
  assert.deepEqual(sharesOf([4], 20), [[4], 7, 1]);
  assert.deepEqual(sharesOf([4], 33), [[4], 20, 1]);
  assert.deepEqual(sharesOf([4], 36), [[4], 20, 1], 'three of four shards would not do');
  assert.deepEqual(sharesOf([4], 37), [[4], 20, 2]);
});

test('workers share in proportion to what they lack', () => {
  assert.deepEqual(sharesOf([22, 12, 2], 32)[0], [12, 7, 2]);
  assert.deepEqual(sharesOf([22, 12, 2], 33)[0], [13, 7, 2], 'what is left of the division, one each');
  assert.deepEqual(sharesOf([10, 10, 10], 19)[0], [3, 3, 2]);
});

test('the mappings never ask for more than leaves five executions, and never for less than is there to be had', () => {
  const limits = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(limits, fc.integer({ min: 0, max: 1_500 }), (wanted, spare) => {
      const account = 5 + 2 * wanted.length + 3 + spare;
      const [workers, webhooks, perShard] = sharesOf(wanted, account);
      const asked = workers.reduce((sum, each) => sum + each, 0) + webhooks;
      // In the smallest accounts one shard is counted, from three more on all four.
      const stream = spare >= 3 ? 4 * perShard : 1 + spare;
      assert.ok(asked + stream <= account - 5, `${asked} + ${stream} of ${account}`);
      for (const [index, each] of workers.entries())
        assert.ok(each >= 2 && each <= Math.max(wanted[index] ?? 0, 2));
      const isAllGiven = workers.every((each, index) => each >= (wanted[index] ?? 0)) && webhooks === 20;
      assert.ok(isAllGiven || asked + stream === account - 5, 'nothing is left over while something lacks');
    }),
  );
});

test('what does not fit is refused with each share, and the number that fits', () => {
  assert.throws(
    () => planAccount(workersOf([20, 5, 1]), 10),
    /accountConcurrency=10 leaves 5 executions.*at least 9 are needed \(p0 2, p1 2, p2 2, webhooks 2, changes of tasks 1\): name one provider at most.*raised to 14$/,
  );
  assert.throws(
    () => planAccount(workersOf([1, 1, 1]), 13),
    /name 2 providers at most in LLM_PROVIDERS, or have .* raised to 14$/,
  );
  assert.throws(
    () => planAccount(workersOf([1]), 3),
    /leaves 0 executions.*: have the account's concurrent executions raised to 10$/,
  );
});

test('executions are reserved only while a hundred stay unreserved', () => {
  assert.equal(fitsReservations(workersOf([20, 20], true), 140), true);
  assert.equal(fitsReservations(workersOf([20, 20], true), 139), false);
  assert.equal(fitsReservations(workersOf([2], true), 10), false);
  assert.equal(
    fitsReservations(workersOf([500], false), 1),
    false,
    'nothing can be, and nothing is asked for',
  );
});
