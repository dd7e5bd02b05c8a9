import assert from 'node:assert/strict';
import test from 'node:test';
import { createDynamoCircuitBreaker } from '../../../adapters/dynamo-circuit-breaker.ts';
import { ProviderFailure } from '../../../core/attempts/provider-failure.ts';
import { failuresToOpen } from '../../../core/circuit-breaker/circuit.ts';
import type { CircuitBreaker } from '../../../core/circuit-breaker/circuit-breaker.ts';
import { startStateTable } from '../providers/start-state-table.ts';

const outage = new ProviderFailure('outage', 'down');
const start = 1_000_000;

/** Fails until the circuit opens; answers when it may be probed. */
async function open(breaker: CircuitBreaker, now: number): Promise<number> {
  for (let failure = 0; failure < failuresToOpen; failure += 1) await breaker.recordFailure('p', outage, now);
  const decision = await breaker.peek('p', now);
  assert.equal(decision.kind, 'wait');
  return decision.kind === 'wait' ? decision.until : 0;
}

test('while nothing fails a check is one read, and a success writes nothing', async (t) => {
  const { table, takeOperations } = await startStateTable(t);
  const breaker = createDynamoCircuitBreaker({ table });
  assert.deepEqual(await breaker.check('p', start), { kind: 'allowed' });
  await breaker.recordSuccess('p', start);
  assert.deepEqual(takeOperations(), ['GetItem']);
});

test('five failures without a success in between open the circuit for all workers', async (t) => {
  const { table } = await startStateTable(t);
  const [one, other] = [createDynamoCircuitBreaker({ table }), createDynamoCircuitBreaker({ table })];
  for (let failure = 0; failure < failuresToOpen - 1; failure += 1)
    await one.recordFailure('p', outage, start);
  assert.equal((await other.check('p', start)).kind, 'allowed');
  await other.recordSuccess('p', start);
  for (let failure = 0; failure < failuresToOpen - 1; failure += 1)
    await one.recordFailure('p', outage, start);
  assert.equal((await other.check('p', start)).kind, 'allowed');
  await other.recordFailure('p', outage, start);
  assert.deepEqual(await one.check('p', start), {
    kind: 'wait',
    until: start + 5_000,
    reason: 'circuit_open',
    failover: true,
  });
  assert.equal((await one.check('q', start)).kind, 'allowed', 'another provider is another circuit');
});

test('half-open, exactly one of many workers gets the probe', async (t) => {
  const { table } = await startStateTable(t);
  const breakers = Array.from({ length: 20 }, () => createDynamoCircuitBreaker({ table }));
  const [first] = breakers;
  assert.ok(first);
  const until = await open(first, start);
  const decisions = await Promise.all(breakers.map((breaker) => breaker.check('p', until)));
  assert.equal(decisions.filter(({ kind }) => kind === 'probe').length, 1);
  assert.equal(decisions.filter(({ kind }) => kind === 'wait').length, 19);
});

test('a probe that succeeds closes the circuit, and other late answers do not', async (t) => {
  const { table } = await startStateTable(t);
  const [prober, other] = [createDynamoCircuitBreaker({ table }), createDynamoCircuitBreaker({ table })];
  await other.check('p', start);
  const until = await open(prober, start);
  await other.recordSuccess('p', start + 10);
  assert.equal(
    (await other.peek('p', start + 20)).kind,
    'wait',
    'a call from before the outage proves nothing',
  );
  assert.equal((await prober.check('p', until)).kind, 'probe');
  await prober.recordSuccess('p', until + 10);
  assert.equal((await other.check('p', until + 20)).kind, 'allowed');
});

test('each probe that fails doubles the time until the next, up to two minutes', async (t) => {
  const { table } = await startStateTable(t);
  const breaker = createDynamoCircuitBreaker({ table });
  let now = await open(breaker, start);
  const periods: number[] = [now - start];
  for (let round = 0; round < 6; round += 1) {
    assert.equal((await breaker.check('p', now)).kind, 'probe');
    await breaker.recordFailure('p', outage, now);
    const decision = await breaker.peek('p', now);
    assert.ok(decision.kind === 'wait');
    periods.push(decision.until - now);
    now = decision.until;
  }
  assert.deepEqual(periods, [5_000, 10_000, 20_000, 40_000, 80_000, 120_000, 120_000]);
});

test('a circuit that opens soon after it closed goes on doubling its open time, later it begins again', async (t) => {
  const { table } = await startStateTable(t);
  const breaker = createDynamoCircuitBreaker({ table });
  const until = await open(breaker, start);
  await breaker.check('p', until);
  await breaker.recordSuccess('p', until);
  assert.equal((await open(breaker, until + 1_000)) - (until + 1_000), 10_000);
  const later = until + 11_000;
  await breaker.check('p', later);
  await breaker.recordSuccess('p', later);
  assert.equal((await open(breaker, later + 100_000)) - (later + 100_000), 5_000);
});

test('the probe of a worker that died is free after half a minute, a released one at once', async (t) => {
  const { table } = await startStateTable(t);
  const [dead, other] = [createDynamoCircuitBreaker({ table }), createDynamoCircuitBreaker({ table })];
  const until = await open(dead, start);
  await dead.check('p', until);
  assert.equal((await other.check('p', until + 29_000)).kind, 'wait');
  assert.equal((await other.check('p', until + 30_000)).kind, 'probe');
  await other.releaseProbe('p', until + 30_000);
  assert.equal((await dead.check('p', until + 30_001)).kind, 'probe');
});

test('after a 429 no worker calls before its Retry-After is over, and the circuit stays closed', async (t) => {
  const { table } = await startStateTable(t);
  const [one, other] = [createDynamoCircuitBreaker({ table }), createDynamoCircuitBreaker({ table })];
  await one.recordFailure('p', new ProviderFailure('rate_limited', '429', { retryAfter: 3_000 }), start);
  await other.recordFailure('p', new ProviderFailure('rate_limited', '429', { retryAfter: 1_000 }), start);
  assert.deepEqual(await other.check('p', start + 2_999), {
    kind: 'wait',
    until: start + 3_000,
    reason: 'rate_limited',
    failover: false,
  });
  assert.equal((await other.check('p', start + 3_000)).kind, 'allowed');
});

test('a long Retry-After makes tasks fail over; a 429 without one holds calls back for a second', async (t) => {
  const { table } = await startStateTable(t);
  const breaker = createDynamoCircuitBreaker({ table });
  await breaker.recordFailure('p', new ProviderFailure('rate_limited', '429', { retryAfter: 60_000 }), start);
  const decision = await breaker.check('p', start);
  assert.ok(decision.kind === 'wait' && decision.failover);
  await breaker.recordFailure('q', new ProviderFailure('rate_limited', '429'), start);
  assert.equal((await breaker.check('q', start + 999)).kind, 'wait');
  assert.equal((await breaker.check('q', start + 1_000)).kind, 'allowed');
});

test('a refused key or an empty account opens the circuit at once, for a minute; a fault of the task does not count', async (t) => {
  const { table } = await startStateTable(t);
  const breaker = createDynamoCircuitBreaker({ table });
  await breaker.recordFailure('p', new ProviderFailure('auth', '401'), start);
  const decision = await breaker.check('p', start);
  assert.equal(decision.kind === 'wait' && decision.until, start + 60_000);
  for (const kind of ['refused', 'content_filtered', 'invalid_output', 'too_long'] as const)
    for (let failure = 0; failure < failuresToOpen; failure += 1)
      await breaker.recordFailure('q', new ProviderFailure(kind, ''), start);
  assert.equal((await breaker.check('q', start)).kind, 'allowed');
});

test('a probe that fails by a fault of its task shows nothing, and the next one may be made at once', async (t) => {
  const { table } = await startStateTable(t);
  const breaker = createDynamoCircuitBreaker({ table });
  const until = await open(breaker, start);
  await breaker.check('p', until);
  await breaker.recordFailure('p', new ProviderFailure('refused', '400'), until);
  assert.equal((await breaker.check('p', until + 1)).kind, 'probe');
});

test('an answer that says that a rate limit is used up holds the next calls back', async (t) => {
  const { table } = await startStateTable(t);
  const breaker = createDynamoCircuitBreaker({ table });
  await breaker.check('p', start);
  await breaker.recordSuccess('p', start, 1_500);
  assert.equal((await breaker.check('p', start + 1_499)).kind, 'wait');
  assert.equal((await breaker.check('p', start + 1_500)).kind, 'allowed');
});
