import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { longestHoldMs, type ProviderHealth, probeMs } from '../../../../core/circuit-breaker/circuit.ts';
import { decideCall } from '../../../../core/circuit-breaker/decide-call.ts';

const now = 1_000_000;
const day = 86_400_000;

test('a provider of which nothing is known is called', () => {
  assert.deepEqual(decideCall({}, now), { kind: 'allowed' });
});

test('an open circuit waits for its end, or for the end of a block beyond it', () => {
  const wait = { kind: 'wait', reason: 'circuit_open', failover: true };
  assert.deepEqual(decideCall({ openUntil: now + 1 }, now), { ...wait, until: now + 1 });
  const both = { openUntil: now + 1, blockedUntil: now + 7, askedUntil: now + 7 };
  assert.deepEqual(decideCall(both, now), { ...wait, until: now + 7 });
});

test('a block that is over is over for all, where the provider asked for no more', () => {
  const health = { blockedUntil: now, askedUntil: now };
  const before = { kind: 'wait', until: now, reason: 'rate_limited', failover: false };
  assert.deepEqual(decideCall(health, now - 1), before);
  assert.deepEqual(decideCall(health, now), { kind: 'allowed', heldUntil: now });
});

test('a call that is allowed again tells until when none was', () => {
  assert.deepEqual(decideCall({ closedAt: now - 5 }, now), { kind: 'allowed', heldUntil: now - 5 });
  const both = { closedAt: now - 5, blockedUntil: now - 2 };
  assert.deepEqual(decideCall(both, now), { kind: 'allowed', heldUntil: now - 2 });
});

test('one call asks again where the provider asked for more than it is held back', () => {
  const health = { blockedUntil: now, askedUntil: now + day };
  assert.deepEqual(decideCall(health, now), { kind: 'probe' });
  const held = { ...health, probeUntil: now + probeMs };
  const wait = { kind: 'wait', until: now + 1_000, reason: 'rate_limited', failover: true };
  assert.deepEqual(decideCall(held, now), wait);
  const after = decideCall(held, now + day);
  assert.deepEqual(after, { kind: 'allowed', heldUntil: now }, 'what it asked for is over');
});

test('a task goes elsewhere by what the provider asked for, even when the next probe is near', () => {
  const near = { blockedUntil: now + 100, askedUntil: now + day };
  const decision = decideCall(near, now);
  assert.ok(decision.kind === 'wait' && decision.failover);
  const short = decideCall({ blockedUntil: now + 5_000, askedUntil: now + 5_000 }, now);
  assert.ok(short.kind === 'wait' && !short.failover);
});

test('who waits for a probe asks again after as long as it takes already, a second at least', () => {
  const health = { openUntil: now, probeUntil: now + probeMs };
  const looks: number[] = [];
  let at = now;
  for (;;) {
    const decision = decideCall(health, at);
    if (decision.kind === 'probe') break;
    assert.ok(decision.kind === 'wait' && decision.reason === 'circuit_open');
    at = decision.until;
    looks.push(at - now);
  }
  assert.deepEqual(looks, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000]);
});

test('whatever is known of a provider, it is asked again within two minutes', () => {
  const time = (most: number) =>
    fc.option(fc.integer({ min: now - day, max: now + most }), { nil: undefined });
  const healths: fc.Arbitrary<ProviderHealth> = fc.record({
    openUntil: time(longestHoldMs),
    blockedUntil: time(longestHoldMs),
    askedUntil: time(day),
    probeUntil: time(probeMs),
  });
  fc.assert(
    fc.property(healths, (health) => {
      const decision = decideCall(health, now);
      if (decision.kind !== 'wait') return;
      assert.ok(decision.until > now && decision.until <= now + longestHoldMs);
    }),
  );
});
