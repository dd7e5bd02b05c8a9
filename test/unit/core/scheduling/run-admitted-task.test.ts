import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProviderFailure } from '../../../../core/attempts/provider-failure.ts';
import { failuresToOpen } from '../../../../core/circuit-breaker/circuit.ts';
import { startWorld } from '../../../fakes/scheduling/start-world.ts';

// What is settled beside the row when a call has ended: the provider's health, equal tasks, the probe.

const outage = new ProviderFailure('outage', 'down');
const refused = {
  outcome: {
    kind: 'failed',
    error: { code: 'provider_error', message: 'no', provider: 'kimi', retryable: false },
  },
  usage: undefined,
  failure: outage,
} as const;

type World = ReturnType<typeof startWorld>;

/** Whether an equal task may call: the flight is over, and no result is kept. */
async function isFlightFree({ cache, clock }: World): Promise<boolean> {
  return (await cache.join('k', 'another', clock(), clock() + 1_000)).kind === 'leader';
}

/** The circuit is open, and its probe due now. */
async function openCircuit({ breaker, clock }: World): Promise<void> {
  for (let failure = 0; failure < failuresToOpen; failure += 1)
    await breaker.recordFailure('kimi', outage, clock() - 3_600_000);
  assert.equal((await breaker.peek('kimi', clock())).kind, 'probe');
}

test('an answer is kept for equal tasks as long as the settings say, and good for the provider’s health', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 }, settings: { cacheTtlMs: 60_000 } });
  await world.submit(1, { cacheKey: 'k' });
  assert.ok(await world.drain(5_000));
  const [call] = world.calls;
  const endedAt = call?.endedAt ?? 0;
  assert.equal((await world.cache.read('k', endedAt + 59_999))?.content, call?.task.taskId);
  assert.equal(await world.cache.read('k', endedAt + 60_000), undefined);
  assert.equal(world.requests.get('breaker.recordSuccess'), 1);
  assert.equal(world.requests.get('breaker.recordFailure'), undefined);
  assert.deepEqual(world.failures, []);
  assert.equal(world.requests.get('cache.listFollowers'), undefined, 'nobody was counted who follows');
});

test('a failed call is told to the breaker, and frees the flight', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 }, answer: () => refused });
  await world.submit(1, { cacheKey: 'k' });
  assert.ok(await world.drain(5_000));
  assert.equal(world.requests.get('breaker.recordFailure'), 1);
  assert.equal(world.requests.get('breaker.recordSuccess'), undefined);
  assert.deepEqual(world.failures, [outage]);
  assert.ok(await isFlightFree(world));
});

test('an answer is kept though its health and cache entry cannot be written', async (t) => {
  const broken = ['breaker.recordSuccess', 'cache.store'];
  const fault = (operation: string) => (broken.includes(operation) ? 'before' : 'none');
  const world = startWorld(t, { providers: { kimi: 1 }, fault });
  const [task] = await world.submit(1, { cacheKey: 'k' });
  assert.ok(await world.drain(5_000));
  assert.equal(task && (await world.store.get(task))?.status, 'completed');
  assert.equal(world.calls.length, 1);
  assert.deepEqual(world.errors.map(String).sort(), [
    'Error: breaker.recordSuccess failed',
    'Error: cache.store failed',
  ]);
});

test('the probe is held while its call is under way, and a good answer closes the circuit', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2 }, callMs: 5_000 });
  await openCircuit(world);
  await world.submit(2);
  await world.advance(1_000);
  assert.equal(world.calls.length, 1, 'one probe, no second call');
  assert.equal((await world.breaker.peek('kimi', world.clock())).kind, 'wait');
  await world.advance(5_000);
  assert.equal((await world.breaker.peek('kimi', world.clock())).kind, 'allowed');
});

test('a call that was stopped frees flight and probe, and is no failure of the provider', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 }, callMs: 60_000 });
  await openCircuit(world);
  const [task] = await world.submit(1, { cacheKey: 'k' });
  await world.advance(1_000);
  assert.equal(world.calls.length, 1);
  assert.equal((await world.breaker.peek('kimi', world.clock())).kind, 'wait', 'the probe is under way');
  assert.equal(await isFlightFree(world), false);
  assert.ok(task);
  await world.store.cancel(task, world.clock());
  await world.advance(6_000);
  assert.equal(world.running(), 0);
  assert.equal((await world.breaker.peek('kimi', world.clock())).kind, 'probe');
  assert.equal(world.requests.get('breaker.recordFailure'), undefined);
  assert.ok(await isFlightFree(world));
});

test('what becomes of a task if its worker hangs is laid down while its call runs, renewed, and taken back', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 }, callMs: 30_000 });
  const [task] = await world.submit(1, {}, { prompt: 'p', responseSchema: { type: 'object' } });
  assert.ok(await world.drain(60_000));
  const [first, renewed, ...after] = world.wills;
  assert.deepEqual([first, renewed], [`set for ${task?.taskId}`, `set for ${task?.taskId}`]);
  assert.deepEqual(new Set(after), new Set([`taken back of ${task?.taskId}`]));
});

test('nothing is laid down for a first attempt without a schema of the caller, but for the second', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 } });
  await world.submit(1);
  assert.ok(await world.drain(5_000));
  assert.equal(world.wills.length, 0);
  await world.submit(1, { attempts: 1 });
  assert.ok(await world.drain(5_000));
  assert.ok(world.wills.some((each) => each.startsWith('set')));
});

test('the next call starts while an answer is stored, but not before the provider’s wish for a pause is known', async (t) => {
  const slow = ['store.complete', 'breaker.recordSuccess'];
  const fault = (operation: string) => (slow.includes(operation) ? 600 : 'none');
  const between = async (holdBackMs?: number) => {
    t.mock.timers.reset();
    const world = startWorld(t, { providers: { kimi: 1 }, fault, answer: () => ({ holdBackMs }) });
    await world.submit(3);
    assert.ok(await world.drain(30_000));
    // The first ticket did not wait, so its worker does not go on.
    const [, one, next] = world.calls;
    return (next?.startedAt ?? 0) - (one?.endedAt ?? 0);
  };
  assert.ok((await between()) < 600);
  assert.ok((await between(5_000)) >= 5_000);
});

test('message and slots are renewed while a call lasts, and lost slots stop it', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 }, globalLimit: 1, callMs: 120_000 });
  await world.submit(1);
  await world.advance(45_000);
  const [message] = world.queues.taskMessages('kimi');
  assert.ok(message && message.visibleAt - world.clock() > 40_000);
  const [[holder, lease] = assert.fail('it holds no slot')] = (await world.slotStore.read()).leases;
  await world.slotStore.change({ holder, from: lease, to: undefined });
  await world.advance(15_000);
  assert.ok(world.calls[0]?.endedAt, 'with the next renewal');
  assert.equal(world.store.all()[0]?.status, 'processing', 'whoever has it next finds the lease over');
});

test('a fault of the worker’s own is no end of the attempt: the task goes round', async (t) => {
  const world = startWorld(t, {
    providers: { kimi: 1 },
    answer: (_, call) => (call === 1 ? assert.fail('a bug') : {}),
  });
  await world.submit(1);
  await world.advance(1_000);
  assert.match(String(world.errors), /a bug/);
  assert.deepEqual(world.store.all()[0]?.timeline, []);
  assert.ok(await world.drain(120_000, 1_000));
  assert.equal(world.calls.length, 2);
});

test('the pieces of an answer are kept until its task’s deadline where that was asked for, else for an hour', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 }, pieces: { texts: ['a'], everyMs: 100 } });
  const kept: unknown[] = [];
  world.deltaLog.append = async (_key, _entry, neededUntil) => void kept.push(neededUntil);
  const config = { maxRetries: 0, failover: false, strategy: 'balanced' } as const;
  const [task] = await world.submit(1, { config: { ...config, stream: 'kept' } });
  assert.ok(await world.drain(5_000));
  assert.deepEqual(new Set(kept), new Set([task?.deadlineAt]));
  kept.length = 0;
  await world.submit(1, { config: { ...config, stream: 'once' } });
  assert.ok(await world.drain(5_000));
  assert.deepEqual(new Set(kept), new Set([undefined]));
});
