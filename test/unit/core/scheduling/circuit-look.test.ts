import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProviderFailure } from '../../../../core/attempts/provider-failure.ts';
import type { CallDecision, CircuitBreaker } from '../../../../core/circuit-breaker/circuit-breaker.ts';
import { heldUntilBy, lookAtCircuit } from '../../../../core/scheduling/circuit-look.ts';
import { startWorld } from '../../../fakes/scheduling/start-world.ts';

function lookAt(decision: CallDecision) {
  const asked: string[] = [];
  const breaker = {
    check: async () => {
      asked.push('check');
      return decision;
    },
    releaseProbe: async () => void asked.push('release'),
  } as unknown as CircuitBreaker;
  return { asked, look: lookAtCircuit(breaker, 'kimi', () => 1) };
}

test('a circuit is looked at once, and a probe that was taken is given back', async () => {
  const { asked, look } = lookAt({ kind: 'probe' });
  assert.deepEqual(await look.decide(), { kind: 'probe' });
  await look.decide();
  await look.release();
  assert.deepEqual(asked, ['check', 'release']);
});

test('what was not looked at, or is no probe, gives nothing back', async () => {
  const { asked, look } = lookAt({ kind: 'allowed' });
  await look.release();
  assert.deepEqual(asked, []);
  await look.decide();
  await look.release();
  assert.deepEqual(asked, ['check']);
});

test('a look says until when the provider was held back', () => {
  assert.equal(heldUntilBy({ kind: 'probe' }, 5), 5);
  assert.equal(heldUntilBy({ kind: 'allowed' }, 5), 0);
  assert.equal(heldUntilBy({ kind: 'allowed', heldUntil: 3 }, 5), 3);
  assert.equal(heldUntilBy({ kind: 'wait', until: 9, reason: 'circuit_open', failover: true }, 5), 9);
});

for (const isCarried of [false, true])
  test(`a circuit that opened since it was seen closed costs no attempt: ${isCarried ? 'carried' : 'queued'}`, async (t) => {
    const world = startWorld(t, { providers: { kimi: 2 } });
    await world.submit(1, { priority: 'normal' });
    assert.ok(await world.drain(2_000));
    await world.breaker.recordFailure('kimi', new ProviderFailure('auth', 'The key is wrong'), world.clock());
    const [task] = await world.submit(1, { priority: 'normal' }, undefined, isCarried);
    await world.advance(2_000);
    assert.equal(world.calls.length, 1, 'the provider is left alone');
    assert.ok(await world.drain(300_000, 1_000));
    assert.equal(world.calls.length, 2);
    assert.equal(task && (await world.store.get(task))?.providerAttempts, 1);
    await world.advance(10_000);
    assert.deepEqual(world.queues.taskMessages('kimi'), []);
    assert.equal(world.queues.tickets('kimi'), 0);
    assert.deepEqual(world.errors, []);
  });
