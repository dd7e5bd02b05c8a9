import assert from 'node:assert/strict';
import test from 'node:test';
import { createDynamoProviderGate } from '../../../adapters/dynamo-circuit-breaker.ts';
import { ProviderFailure } from '../../../core/attempts/provider-failure.ts';
import { failuresToOpen } from '../../../core/circuit-breaker/circuit.ts';
import type { ProviderGate } from '../../../core/circuit-breaker/circuit-breaker.ts';
import { startStateTable } from '../providers/start-state-table.ts';

const outage = new ProviderFailure('outage', 'down');
const start = 1_000_000;

/** Fails as often as opens the circuit; answers the moment it may be probed. */
async function open(gate: ProviderGate, now: number): Promise<number> {
  for (let failure = 0; failure < failuresToOpen; failure += 1) await gate.recordFailure('p', outage, now);
  const decision = await gate.peek('p', now);
  assert.equal(decision.kind, 'wait');
  return decision.kind === 'wait' ? decision.until : 0;
}

test('while all is well a check is one read, and a success writes nothing', async (t) => {
  const { table, takeOperations } = await startStateTable(t);
  const gate = createDynamoProviderGate({ table });
  assert.deepEqual(await gate.check('p', start), { kind: 'open' });
  await gate.recordSuccess('p', start);
  assert.deepEqual(takeOperations(), ['GetItem']);
});

test('failures in a row open the circuit for all workers, a success in between does not let it come to that', async (t) => {
  const { table } = await startStateTable(t);
  const [one, other] = [createDynamoProviderGate({ table }), createDynamoProviderGate({ table })];
  for (let failure = 0; failure < failuresToOpen - 1; failure += 1)
    await one.recordFailure('p', outage, start);
  assert.equal((await other.check('p', start)).kind, 'open');
  await other.recordSuccess('p', start);
  for (let failure = 0; failure < failuresToOpen - 1; failure += 1)
    await one.recordFailure('p', outage, start);
  assert.equal((await other.check('p', start)).kind, 'open');
  await other.recordFailure('p', outage, start);
  assert.deepEqual(await one.check('p', start), {
    kind: 'wait',
    until: start + 5_000,
    reason: 'circuit_open',
    failover: true,
  });
  assert.equal((await one.check('q', start)).kind, 'open', 'another provider is another circuit');
});

test('half-open, exactly one of many workers gets the probe', async (t) => {
  const { table } = await startStateTable(t);
  const gates = Array.from({ length: 20 }, () => createDynamoProviderGate({ table }));
  const [first] = gates;
  assert.ok(first);
  const until = await open(first, start);
  const decisions = await Promise.all(gates.map((gate) => gate.check('p', until)));
  assert.equal(decisions.filter(({ kind }) => kind === 'probe').length, 1);
  assert.equal(decisions.filter(({ kind }) => kind === 'wait').length, 19);
});

test('a probe that succeeds closes the circuit, and other late answers do not', async (t) => {
  const { table } = await startStateTable(t);
  const [prober, other] = [createDynamoProviderGate({ table }), createDynamoProviderGate({ table })];
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
  assert.equal((await other.check('p', until + 20)).kind, 'open');
});

test('each probe that fails doubles the time until the next, up to two minutes', async (t) => {
  const { table } = await startStateTable(t);
  const gate = createDynamoProviderGate({ table });
  let now = await open(gate, start);
  const periods: number[] = [now - start];
  for (let round = 0; round < 6; round += 1) {
    assert.equal((await gate.check('p', now)).kind, 'probe');
    await gate.recordFailure('p', outage, now);
    const decision = await gate.peek('p', now);
    assert.ok(decision.kind === 'wait');
    periods.push(decision.until - now);
    now = decision.until;
  }
  assert.deepEqual(periods, [5_000, 10_000, 20_000, 40_000, 80_000, 120_000, 120_000]);
});

test('a circuit that opens again soon after it closed goes on where it was, later it starts anew', async (t) => {
  const { table } = await startStateTable(t);
  const gate = createDynamoProviderGate({ table });
  const until = await open(gate, start);
  await gate.check('p', until);
  await gate.recordSuccess('p', until);
  assert.equal((await open(gate, until + 1_000)) - (until + 1_000), 10_000);
  const later = until + 11_000;
  await gate.check('p', later);
  await gate.recordSuccess('p', later);
  assert.equal((await open(gate, later + 100_000)) - (later + 100_000), 5_000);
});

test('the probe of a worker that died is another’s after half a minute, one given back at once', async (t) => {
  const { table } = await startStateTable(t);
  const [dead, other] = [createDynamoProviderGate({ table }), createDynamoProviderGate({ table })];
  const until = await open(dead, start);
  await dead.check('p', until);
  assert.equal((await other.check('p', until + 29_000)).kind, 'wait');
  assert.equal((await other.check('p', until + 30_000)).kind, 'probe');
  await other.abandonProbe('p', until + 30_000);
  assert.equal((await dead.check('p', until + 30_001)).kind, 'probe');
});

test('after a 429 nobody calls before its Retry-After is over, and the circuit stays closed', async (t) => {
  const { table } = await startStateTable(t);
  const [one, other] = [createDynamoProviderGate({ table }), createDynamoProviderGate({ table })];
  await one.recordFailure('p', new ProviderFailure('rate_limited', '429', { retryAfter: 3_000 }), start);
  await other.recordFailure('p', new ProviderFailure('rate_limited', '429', { retryAfter: 1_000 }), start);
  assert.deepEqual(await other.check('p', start + 2_999), {
    kind: 'wait',
    until: start + 3_000,
    reason: 'rate_limited',
    failover: false,
  });
  assert.equal((await other.check('p', start + 3_000)).kind, 'open');
});

test('a long Retry-After sends tasks elsewhere; a 429 without one holds back for a second', async (t) => {
  const { table } = await startStateTable(t);
  const gate = createDynamoProviderGate({ table });
  await gate.recordFailure('p', new ProviderFailure('rate_limited', '429', { retryAfter: 60_000 }), start);
  const decision = await gate.check('p', start);
  assert.ok(decision.kind === 'wait' && decision.failover);
  await gate.recordFailure('q', new ProviderFailure('rate_limited', '429'), start);
  assert.equal((await gate.check('q', start + 999)).kind, 'wait');
  assert.equal((await gate.check('q', start + 1_000)).kind, 'open');
});

test('a refused key or an empty account opens at once and for a minute; a task’s own fault is none of the provider', async (t) => {
  const { table } = await startStateTable(t);
  const gate = createDynamoProviderGate({ table });
  await gate.recordFailure('p', new ProviderFailure('auth', '401'), start);
  const decision = await gate.check('p', start);
  assert.equal(decision.kind === 'wait' && decision.until, start + 60_000);
  for (const kind of ['refused', 'content_filtered', 'invalid_output', 'too_long'] as const)
    for (let failure = 0; failure < failuresToOpen; failure += 1)
      await gate.recordFailure('q', new ProviderFailure(kind, ''), start);
  assert.equal((await gate.check('q', start)).kind, 'open');
});

test('a probe that meets a task’s own fault shows nothing, and the next may try at once', async (t) => {
  const { table } = await startStateTable(t);
  const gate = createDynamoProviderGate({ table });
  const until = await open(gate, start);
  await gate.check('p', until);
  await gate.recordFailure('p', new ProviderFailure('refused', '400'), until);
  assert.equal((await gate.check('p', until + 1)).kind, 'probe');
});

test('an answer that used a limit up holds the next calls back', async (t) => {
  const { table } = await startStateTable(t);
  const gate = createDynamoProviderGate({ table });
  await gate.check('p', start);
  await gate.recordSuccess('p', start, 1_500);
  assert.equal((await gate.check('p', start + 1_499)).kind, 'wait');
  assert.equal((await gate.check('p', start + 1_500)).kind, 'open');
});
