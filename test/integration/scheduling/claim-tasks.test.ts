import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DynamoTable } from '../../../adapters/dynamo-table.ts';
import { metaKey } from '../../../adapters/task-rows.ts';
import { error, leaseMs, now, recordOf, result, useTaskRows } from './use-task-rows.ts';

const { claim, claimAs, create, open, openAfterLostAnswers, read, table } = useTaskRows();

describe('a claim', () => {
  test('is not made by a message that is older than the priority of its task', async () => {
    const task = await create();
    await open().reprioritize(task, 'high', 0);
    assert.deepEqual(await claimAs('a', task), { kind: 'stale' });
    assert.equal((await read(task)).status, 'queued');
    assert.equal((await claimAs('a', { ...task, revision: 1 })).kind, 'claimed');
  });

  test('is made by a message that came before its row was changed', async () => {
    const task = await create();
    assert.equal((await claimAs('a', { ...task, revision: 1 })).kind, 'claimed');
    assert.equal((await open().reprioritize(task, 'high', 0))?.changed, false, 'it waits no more');
  });

  test('is not made before the time that the provider or the back-off asked for, but for two seconds', async () => {
    const task = await create();
    const first = await claim(task);
    await open().retryLater(first, error, now + 30_000, recordOf(first, now + 1_000));
    assert.equal((await read(task)).notBefore, now + 30_000);
    const early = await claimAs('b', task, now + 27_999);
    assert.deepEqual(early, { kind: 'early', notBefore: now + 30_000 });
    const second = await claim(task, now + 28_000);
    assert.deepEqual([second.attempts, second.notBefore], [2, null]);
  });

  test('is made once by one whose answer was lost', async () => {
    const task = await create();
    const claimed = await claim(task, now, openAfterLostAnswers());
    assert.deepEqual([claimed.attempts, claimed.providerAttempts, claimed.version], [1, 1, 2]);
  });

  test('is told again to the one who made it, and to nobody else', async () => {
    const task = await create();
    const first = await claimAs('a', task);
    assert.deepEqual(await claimAs('a', task, now + 1_000), first);
    assert.deepEqual(await claimAs('b', task, now + 1_000), { kind: 'leased', leaseUntil: now + leaseMs });
    assert.equal((await read(task)).attempts, 1);
  });

  test('takes over from a worker whose lease ended, or whose host did', async () => {
    const task = await create();
    await claim(task);
    assert.equal((await claimAs('b', task, now + leaseMs)).kind, 'leased');
    const restarted = open({ hostStartedAt: now + 1 });
    assert.equal((await claim(task, now + 2, restarted)).attempts, 2);
    assert.equal((await claim(task, now + 2 + leaseMs + 1)).attempts, 3);
  });

  test('finds nothing where there is no task, or another tenant’s', async () => {
    const task = await create();
    assert.deepEqual(await claimAs('a', { ...task, tenant: 'other' }), { kind: 'missing' });
    assert.equal(await table().get(metaKey({ ...task, tenant: 'other' })), undefined, 'and makes none');
  });

  test('shows until when it holds to whoever looks after lost tasks', async () => {
    const task = await create();
    await claim(task);
    const [found] = await open().getMany([task]);
    assert.equal(found?.leaseUntil, now + leaseMs);
  });
});

describe('a claim that was given back', () => {
  test('leaves the task queued and the attempt uncounted at its provider', async () => {
    const task = await create();
    const claimed = await claim(task);
    assert.equal(await open().unclaim(claimed, now + 5), true);
    const { status, lastEvent, providerAttempts, leaseUntil } = await read(task);
    assert.deepEqual([status, lastEvent, providerAttempts, leaseUntil], ['queued', 'retrying', 0, undefined]);
    const second = await claim(task, now + 6);
    assert.deepEqual([second.attempts, second.providerAttempts], [2, 1]);
  });

  test('fences off the attempt that it was', async () => {
    const task = await create();
    const claimed = await claim(task);
    await open().unclaim(claimed, now + 5);
    assert.equal(await open().complete(claimed, result, recordOf(claimed, now + 6)), false);
    await claim(task, now + 7);
    assert.equal(await open().unclaim(claimed, now + 8), false);
    assert.equal(await open().complete(claimed, result, recordOf(claimed, now + 9)), false);
  });

  test('is uncounted once when the answer was lost', async () => {
    const task = await create();
    await openAfterLostAnswers().unclaim(await claim(task), now + 5);
    const { providerAttempts, version } = await read(task);
    assert.deepEqual([providerAttempts, version], [0, 3]);
  });

  test('is no longer its claimant’s', async () => {
    const task = await create();
    const first = await claimAs('a', task);
    assert.ok(first.kind === 'claimed');
    await open().unclaim(first.task, now + 5);
    const again = await claimAs('a', task, now + 6);
    assert.equal(again.kind === 'claimed' && again.task.attempts, 2);
  });
});

test('one stale read ends no paid call', async () => {
  const task = await create();
  const claimed = await claim(task);
  const stale: DynamoTable = {
    ...table(),
    get: async (key, options) =>
      options?.consistent ? table().get(key, options) : { status: 'queued', attempts: 0 },
  };
  assert.equal(await open({ table: stale }).look(task, claimed.attempts), 'held');
  await open().cancel(task, now + 5);
  assert.equal(await open({ table: stale }).look(task, claimed.attempts), 'lost');
});

test('a renewal extends the lease of its attempt alone, and is no event', async () => {
  const task = await create();
  const claimed = await claim(task);
  assert.equal(await openAfterLostAnswers().renewLease(task, claimed.attempts, now + 90_000), true);
  assert.deepEqual(await claimAs('b', task, now + 60_000), { kind: 'leased', leaseUntil: now + 90_000 });
  assert.equal(await open().renewLease(task, claimed.attempts + 1, now + 90_000), false);
  assert.equal((await read(task)).version, 2);
  await open().cancel(task, now + 5);
  assert.equal(await open().renewLease(task, claimed.attempts, now + 90_000), false);
});
