import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Task } from '../../../core/tasks/task.ts';
import { elsewhere, error, leaseMs, now, recordOf, result, useTaskRows } from './use-task-rows.ts';

const { claim, claimAs, create, open, openAfterLostAnswers, read, rowOf } = useTaskRows();

type Store = ReturnType<typeof open>;
/** Each way in which an attempt ends, at `at`. */
const endings: Record<string, (store: Store, task: Task, at: number) => Promise<boolean>> = {
  complete: (store, task, at) => store.complete(task, result, recordOf(task, at)),
  fail: (store, task, at) => store.fail(task, error, recordOf(task, at), at),
  retryLater: (store, task, at) => store.retryLater(task, error, at + 5_000, recordOf(task, at)),
  moveTo: (store, task, at) => store.moveTo(task, elsewhere, error, recordOf(task, at), at),
};

for (const [name, end] of Object.entries(endings))
  describe(`the outcome by ${name}`, () => {
    test('is written once when its answer was lost, and answered as written', async () => {
      const claimed = await claim(await create());
      assert.equal(await end(openAfterLostAnswers(), claimed, now + 7), true);
      const { version, timeline, failovers } = await read(claimed);
      assert.deepEqual([version, failovers], [3, name === 'moveTo' ? 1 : 0]);
      assert.deepEqual(timeline, [recordOf(claimed, now + 7)]);
    });

    test('is the same when its worker writes it again, after an error', async () => {
      const claimed = await claim(await create());
      await end(open(), claimed, now + 7);
      const before = await rowOf(claimed);
      assert.equal(await end(open(), claimed, now + 7), true);
      assert.deepEqual(await rowOf(claimed), before);
    });

    test('is refused to a worker that lost its lease, or its task', async () => {
      const lost = await claim(await create());
      await claim(lost, now + leaseMs + 1);
      assert.equal(await end(open(), lost, now + leaseMs + 2), false);
      const cancelled = await claim(await create());
      await open().cancel(cancelled, now + 5);
      assert.equal(await end(open(), cancelled, now + 6), false);
      assert.deepEqual((await read(cancelled)).timeline, []);
    });

    test('leaves nothing of the lease', async () => {
      const claimed = await claim(await create());
      await end(open(), claimed, now + 7);
      const { lease_until, lease_from, claimed_by } = await rowOf(claimed);
      assert.deepEqual([lease_until, lease_from, claimed_by], [undefined, undefined, undefined]);
    });
  });

test('an outcome is not taken for one that another attempt wrote', async () => {
  const first = await claim(await create());
  const second = await claim(first, now + leaseMs + 1);
  const at = now + leaseMs + 9;
  await open().complete(second, result, recordOf(second, at));
  assert.equal(await open().complete(first, result, recordOf(first, at)), false);
});

test('a task that ended is no longer among the open ones, and waits for no time', async () => {
  const task = await create();
  const claimed = await claim(task);
  await open().retryLater(claimed, error, now + 30_000, recordOf(claimed, now + 1));
  await open().cancel(task, now + 2);
  const { open_pk, open_sk, not_before } = await rowOf(task);
  assert.deepEqual([open_pk, open_sk, not_before], [undefined, undefined, undefined]);
});

describe('a move without an attempt', () => {
  const move = (task: Task, at: number, store = open()) => store.moveTo(task, elsewhere, null, null, at);

  test('is made of a queued task, once when its answer was lost', async () => {
    const task = await create();
    assert.equal(await move(task, now + 5, openAfterLostAnswers()), true);
    const { provider, model, failovers, providerAttempts, version, error: told } = await read(task);
    assert.deepEqual([provider, model, failovers, providerAttempts], ['qwen', 'q3', 1, 0]);
    assert.deepEqual([version, told], [2, null]);
    assert.equal((await rowOf(task)).open_pk, 'qwen');
  });

  test('is not made of a task that a worker runs, by the message of another', async () => {
    const task = await create();
    const claimed = await claim(task);
    assert.equal(await move(await read(task), now + 5), false);
    assert.equal(await open().complete(claimed, result, recordOf(claimed, now + 9)), true, 'the paid answer');
  });

  test('is made of a task whose worker was lost, and of no newer attempt', async () => {
    const task = await create();
    await claim(task);
    const lost = await read(task);
    const second = await claim(task, now + leaseMs + 1);
    await open().unclaim(second, now + leaseMs + 2);
    assert.equal(await move(lost, now + leaseMs + 3), false);
    assert.equal(await move(await read(task), now + leaseMs + 3), true);
    const other = await create();
    await claim(other);
    assert.equal(await move(await read(other), now + leaseMs + 1), true);
  });

  test('takes off the time before which the provider left was not to be tried', async () => {
    const task = await create();
    const claimed = await claim(task);
    await open().retryLater(claimed, error, now + 600_000, recordOf(claimed, now + 1));
    assert.equal(await move(await read(task), now + 5), true);
    assert.equal((await claimAs('b', { ...task, provider: 'qwen' }, now + 6)).kind, 'claimed');
  });
});

describe('a result that another’s call brought', () => {
  const cached = { ...result, cached: true, costUsd: 0, latencyMs: 0 };
  const take = (task: Task, at: number, store = open()) =>
    store.completeUnheld(task, cached, 'equal_task', at);

  test('completes a queued task as one event', async () => {
    const task = await create();
    assert.equal(await take(task, now + 9), 'completed');
    const { status, version, attempts, startedAt, completedAt, result: kept, ...rest } = await read(task);
    assert.deepEqual([status, version, attempts], ['completed', 2, 0]);
    assert.deepEqual([startedAt, completedAt], [now + 9, now + 9]);
    assert.deepEqual([kept, rest.timeline, rest.waitedFor], [cached, [], 'equal_task']);
    assert.equal((await rowOf(task)).open_pk, undefined);
  });

  test('leaves a task alone that a worker holds', async () => {
    const task = await create();
    const claimed = await claim(task);
    assert.equal(await take(task, now + leaseMs), 'held');
    assert.equal(await open().complete(claimed, result, recordOf(claimed, now + leaseMs)), true);
    assert.deepEqual((await read(task)).result, result);
  });

  test('completes a task whose worker was lost, and fences that worker off', async () => {
    const task = await create();
    const lost = await claim(task);
    assert.equal(await take(task, now + leaseMs + 1), 'completed');
    assert.equal(await open().complete(lost, result, recordOf(lost, now + leaseMs + 2)), false);
    const ended = await read(task);
    assert.deepEqual([ended.result, ended.startedAt], [cached, now]);
  });

  test('changes nothing of a task that ended, or that is not there', async () => {
    const task = await create();
    await open().cancel(task, now + 5);
    const before = await rowOf(task);
    assert.equal(await take(task, now + 9), 'ended');
    assert.deepEqual(await rowOf(task), before);
    assert.equal(await take({ ...task, taskId: 'task_none' }, now + 9), 'ended');
    assert.deepEqual(await rowOf({ ...task, taskId: 'task_none' }), {});
  });

  test('is written once when its answer was lost: the message may go either way', async () => {
    const task = await create();
    assert.notEqual(await take(task, now + 9, openAfterLostAnswers()), 'held');
    assert.equal((await read(task)).version, 2);
  });

  test('is kept whole when it is large', async () => {
    const task = await create();
    const large = { ...cached, content: 'x'.repeat(100_000) };
    assert.equal(await open().completeUnheld(task, large, null, now + 9), 'completed');
    assert.equal((await read(task)).result?.content, large.content);
  });
});
