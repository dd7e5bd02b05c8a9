import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type FailureKindName,
  failureKinds,
  ProviderFailure,
} from '../../../../core/attempts/provider-failure.ts';
import {
  blockAfterAnswer,
  blockAfterRefusal,
  endsByLook,
  holdOf,
  longestHoldMs,
  openCircuit,
  opensAtOnce,
  type ProviderHealth,
} from '../../../../core/circuit-breaker/circuit.ts';

const now = 1_000_000;
const day = 86_400_000;

/** How long each of these failures in a row keeps the circuit open. */
function periodsOf(kinds: FailureKindName[]): number[] {
  let health: ProviderHealth = {};
  let at = now;
  return kinds.map((kind) => {
    const opened = openCircuit(health, new ProviderFailure(kind, ''), at);
    const period = opened.openUntil - at;
    health = { ...health, ...opened };
    at = opened.openUntil;
    return period;
  });
}

test('each failed probe doubles the time until the next, up to two minutes', () => {
  const times = (count: number, kind: FailureKindName) => periodsOf(new Array(count).fill(kind));
  assert.deepEqual(times(7, 'outage'), [5_000, 10_000, 20_000, 40_000, 80_000, 120_000, 120_000]);
  assert.deepEqual(times(3, 'auth'), [60_000, 120_000, 120_000]);
});

test('a server that refuses connections is looked for within seconds, for as long as a start may take', () => {
  const periods = periodsOf(new Array(212).fill('unreachable'));
  assert.deepEqual(new Set(periods.slice(0, 30)), new Set([2_000]), 'for a minute');
  assert.deepEqual(new Set(periods.slice(30, 210)), new Set([3_000]), 'for ten minutes');
  assert.deepEqual(periods.slice(210), [15_000, 15_000]);
});

test('a refused connection, a refused key and an empty account open the circuit alone', () => {
  const alone = (Object.keys(failureKinds) as FailureKindName[]).filter((kind) =>
    opensAtOnce(new ProviderFailure(kind, '')),
  );
  assert.deepEqual(alone.sort(), ['auth', 'quota', 'unreachable']);
});

test('a look that is not refused closes a circuit that refused connections opened, and no other', () => {
  assert.ok(endsByLook({ openUntil: now, refusedSince: now - 9 }, now));
  assert.ok(!endsByLook({ openUntil: now }, now));
  assert.ok(!endsByLook({ openUntil: now, refusedSince: now - 9, askedUntil: now + day }, now));
});

test('refused connections count for nothing when the server answers again, if only with errors', () => {
  const kinds = ['outage', 'outage', ...new Array(9).fill('unreachable'), 'overloaded', 'unreachable'];
  assert.deepEqual(periodsOf(kinds), [5_000, 10_000, ...new Array(9).fill(2_000), 20_000, 2_000]);
  const first = openCircuit({}, new ProviderFailure('unreachable', ''), now);
  const opened = openCircuit({ ...first }, new ProviderFailure('outage', ''), now + 5_000);
  assert.equal(opened.refusedSince, undefined);
});

test('a relapse goes on where it was, and a refused connection after it is as quick as ever', () => {
  const outage = new ProviderFailure('outage', '');
  const closed = { openings: 3, closedAt: now };
  assert.equal(openCircuit(closed, outage, now + 59_000).openUntil, now + 59_000 + 40_000);
  assert.equal(openCircuit(closed, outage, now + 60_000).openUntil, now + 65_000);
  const refused = new ProviderFailure('unreachable', '');
  assert.equal(openCircuit(closed, refused, now + 1).openUntil, now + 2_001);
});

test('a connection that is refused is an outage that costs nothing to look for', () => {
  assert.equal(failureKinds.unreachable.health, 'outage');
});

test('a provider is held back for what it asks, and for two minutes at most', () => {
  assert.deepEqual(blockAfterRefusal({}, 3_000, now), { blockedUntil: now + 3_000, askedUntil: now + 3_000 });
  const long = { blockedUntil: now + longestHoldMs, askedUntil: now + day };
  assert.deepEqual(blockAfterRefusal({}, day, now), long);
  assert.deepEqual(blockAfterAnswer({}, day, now), long);
});

test('a refusal without a time is a second, or as long as the word before it stands', () => {
  assert.equal(blockAfterRefusal({}, undefined, now).blockedUntil, now + 1_000);
  assert.equal(blockAfterRefusal({ askedUntil: now }, undefined, now).blockedUntil, now + 1_000);
  const asked = { askedUntil: now + day };
  assert.deepEqual(blockAfterRefusal(asked, undefined, now), {
    blockedUntil: now + longestHoldMs,
    askedUntil: now + day,
  });
  assert.equal(blockAfterRefusal({ askedUntil: now + 9 }, undefined, now).blockedUntil, now + 9);
});

test('after a probe has disproved it, a long wait that comes with answers is not believed for an hour', () => {
  const lifted = { closedAt: now };
  assert.equal(blockAfterAnswer(lifted, day, now), undefined);
  assert.equal(blockAfterAnswer(lifted, longestHoldMs + 1, now + 3_599_999), undefined);
  assert.ok(blockAfterAnswer(lifted, day, now + 3_600_000));
  assert.ok(blockAfterAnswer(lifted, longestHoldMs, now));
  assert.ok(blockAfterRefusal(lifted, day, now), 'a refusal always is');
});

test('a hold is told by what ends last, in the provider’s own words', () => {
  assert.equal(holdOf({}, now), undefined);
  assert.equal(holdOf({ openUntil: now, blockedUntil: now, askedUntil: now }, now), undefined);
  assert.deepEqual(holdOf({ openUntil: now + 9, askedUntil: now + 9 }, now), {
    until: now + 9,
    reason: 'circuit_open',
  });
  const asked = { openUntil: now + 9, blockedUntil: now + 8, askedUntil: now + day };
  assert.deepEqual(holdOf(asked, now), { until: now + day, reason: 'asked_to_wait' });
});
