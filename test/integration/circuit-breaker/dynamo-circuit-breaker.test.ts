import assert from 'node:assert/strict';
import test from 'node:test';
import { createDynamoCircuitBreaker } from '../../../adapters/dynamo-circuit-breaker.ts';
import { createDynamoCircuitOverride } from '../../../adapters/dynamo-circuit-override.ts';
import { ProviderFailure } from '../../../core/attempts/provider-failure.ts';
import { failuresToOpen, longestHoldMs } from '../../../core/circuit-breaker/circuit.ts';
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

test('a circuit looks well for half a minute after a check that found nothing wrong, and until a call fails', async (t) => {
  const { table } = await startStateTable(t);
  const [one, other] = [createDynamoCircuitBreaker({ table }), createDynamoCircuitBreaker({ table })];
  assert.equal(one.looksWell('p', start), false, 'nobody has looked');
  await one.check('p', start);
  assert.equal(one.looksWell('p', start + 29_999), true);
  assert.equal(one.looksWell('p', start + 30_000), false);
  assert.equal(one.looksWell('q', start), false);
  await one.recordFailure('p', outage, start);
  assert.equal(one.looksWell('p', start), false);
  await other.check('p', start);
  assert.equal(other.looksWell('p', start), false, 'a failure was counted');
  await other.recordSuccess('p', start);
  await other.check('p', start);
  assert.equal(other.looksWell('p', start), true);
  await open(one, start);
  await other.check('p', start);
  assert.equal(other.looksWell('p', start), false, 'it is open');
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

const day = 86_400_000;
const refusal = (retryAfter?: number) => new ProviderFailure('rate_limited', '429', { retryAfter });

test('a provider that asks for a day is asked again after two minutes, by one call alone', async (t) => {
  const { table } = await startStateTable(t);
  const breakers = Array.from({ length: 10 }, () => createDynamoCircuitBreaker({ table }));
  const [first] = breakers;
  assert.ok(first);
  await first.recordFailure('p', refusal(day), start);
  const due = start + longestHoldMs;
  const before = await first.check('p', due - 1);
  assert.deepEqual(before, { kind: 'wait', until: due, reason: 'rate_limited', failover: true });
  const decisions = await Promise.all(breakers.map((breaker) => breaker.check('p', due)));
  assert.equal(decisions.filter(({ kind }) => kind === 'probe').length, 1);
  assert.equal(decisions.filter(({ kind }) => kind === 'wait').length, 9);
});

test('a success of that call lifts the block; one that was under way before does not', async (t) => {
  const { table } = await startStateTable(t);
  const [prober, other] = [createDynamoCircuitBreaker({ table }), createDynamoCircuitBreaker({ table })];
  await other.check('p', start);
  await prober.recordFailure('p', refusal(day), start);
  await other.recordSuccess('p', start + 1);
  const due = start + longestHoldMs;
  assert.equal((await other.peek('p', due - 1)).kind, 'wait');
  assert.equal((await other.peek('p', due)).kind, 'probe');
  assert.equal((await prober.check('p', due)).kind, 'probe');
  await prober.recordSuccess('p', due + 1);
  assert.equal((await other.check('p', due + 1)).kind, 'allowed');
});

test('a new word of the provider counts from when it is said, a refusal without one as the word before', async (t) => {
  const { table } = await startStateTable(t);
  const breaker = createDynamoCircuitBreaker({ table });
  await breaker.recordFailure('p', new ProviderFailure('outage', '503', { retryAfter: day }), start);
  const first = start + longestHoldMs;
  assert.equal((await breaker.check('p', first)).kind, 'probe');
  await breaker.recordFailure('p', refusal(), first);
  const second = first + longestHoldMs;
  assert.equal((await breaker.check('p', second - 1)).kind, 'wait');
  assert.equal((await breaker.check('p', second)).kind, 'probe');
  await breaker.recordFailure('p', refusal(3_000), second);
  assert.equal((await breaker.check('p', second + 2_999)).kind, 'wait');
  assert.equal((await breaker.check('p', second + 3_000)).kind, 'allowed', 'it asked for three seconds last');
});

test('an outage that a block’s probe meets opens the circuit; a task’s own fault frees the probe', async (t) => {
  const { table } = await startStateTable(t);
  const breaker = createDynamoCircuitBreaker({ table });
  await breaker.recordFailure('p', refusal(day), start);
  const due = start + longestHoldMs;
  await breaker.check('p', due);
  await breaker.recordFailure('p', new ProviderFailure('refused', '400'), due);
  assert.equal((await breaker.check('p', due + 1)).kind, 'probe');
  await breaker.recordFailure('p', outage, due + 1);
  assert.deepEqual(await breaker.peek('p', due + 1), {
    kind: 'wait',
    until: due + 5_001,
    reason: 'circuit_open',
    failover: true,
  });
  await breaker.check('p', due + 5_001);
  await breaker.recordSuccess('p', due + 5_001);
  assert.equal((await breaker.check('p', due + 5_002)).kind, 'allowed', 'the block is lifted as well');
});

test('a provider that says with every answer that nothing is left for a day is not believed twice', async (t) => {
  const { table } = await startStateTable(t);
  const breaker = createDynamoCircuitBreaker({ table });
  await breaker.check('p', start);
  await breaker.recordSuccess('p', start, day);
  assert.equal((await breaker.check('p', start + 1)).kind, 'wait');
  const due = start + longestHoldMs;
  assert.equal((await breaker.check('p', due)).kind, 'probe');
  await breaker.recordSuccess('p', due, day);
  assert.equal((await breaker.check('p', due + 1)).kind, 'allowed');
  await breaker.recordSuccess('p', due + 2, day);
  assert.equal((await breaker.check('p', due + 3)).kind, 'allowed');
});

test('an operator ends circuit and block at once, and what comes after is as if nothing had been', async (t) => {
  const { table } = await startStateTable(t);
  const breaker = createDynamoCircuitBreaker({ table });
  const override = createDynamoCircuitOverride({ table });
  await open(breaker, start);
  await breaker.recordFailure('p', refusal(day), start);
  assert.equal((await breaker.check('p', start + 1)).kind, 'wait');
  await override.resume('p', start + 1);
  assert.equal((await breaker.check('p', start + 1)).kind, 'allowed');
  assert.equal(await open(breaker, start + 2), start + 5_002, 'five failures again, and five seconds');
  await override.resume('never-called', start);
  assert.equal((await breaker.check('never-called', start)).kind, 'allowed');
});

test('a server that refuses connections is asked for one every two seconds, without a call', async (t) => {
  const { table, takeOperations } = await startStateTable(t);
  let isDown = true;
  const asked: string[] = [];
  const refuses = async (provider: string) => {
    asked.push(provider);
    return isDown;
  };
  const [breaker, other] = [
    createDynamoCircuitBreaker({ table, refuses }),
    createDynamoCircuitBreaker({ table, refuses }),
  ];
  const refused = new ProviderFailure('unreachable', 'ECONNREFUSED');
  await breaker.recordFailure('p', refused, start);
  let now = start;
  takeOperations();
  for (let round = 0; round < 4; round += 1) {
    now += 2_000;
    assert.equal((await breaker.peek('p', now)).kind, 'probe', 'one refused connection opens the circuit');
    takeOperations();
    const until = now + 2_000;
    assert.deepEqual(await breaker.check('p', now), {
      kind: 'wait',
      until,
      reason: 'circuit_open',
      failover: true,
    });
    assert.deepEqual(takeOperations(), ['GetItem', 'UpdateItem', 'UpdateItem']);
    assert.equal((await other.check('p', now)).kind, 'wait');
  }
  isDown = false;
  now += 2_000;
  takeOperations();
  assert.equal((await other.check('p', now)).kind, 'allowed', 'no call is needed to see that it is back');
  assert.deepEqual(takeOperations(), ['GetItem', 'UpdateItem', 'UpdateItem']);
  assert.equal((await breaker.check('p', now)).kind, 'allowed', 'nobody waits for the first call');
  assert.deepEqual(asked, new Array(5).fill('p'));
  await breaker.recordFailure('p', new ProviderFailure('outage', '503'), now);
  assert.equal((await other.check('p', now)).kind, 'wait', 'it takes connections, and is not well');
});

test('a success after a look ends all suspicion', async (t) => {
  const { table } = await startStateTable(t);
  const breaker = createDynamoCircuitBreaker({ table, refuses: async () => false });
  await breaker.recordFailure('p', new ProviderFailure('unreachable', 'ECONNREFUSED'), start);
  assert.equal((await breaker.check('p', start + 2_000)).kind, 'allowed');
  await breaker.recordSuccess('p', start + 2_500);
  await breaker.check('p', start + 3_000);
  await breaker.recordFailure('p', new ProviderFailure('outage', '503'), start + 3_000);
  assert.equal((await breaker.check('p', start + 3_001)).kind, 'allowed');
});

test('while others look for a server, a worker asks again within the second', async (t) => {
  const { table } = await startStateTable(t);
  const breaker = createDynamoCircuitBreaker({ table });
  await breaker.recordFailure('p', new ProviderFailure('unreachable', 'ECONNREFUSED'), start);
  assert.equal((await breaker.check('p', start + 2_000)).kind, 'probe');
  const decision = await createDynamoCircuitBreaker({ table }).check('p', start + 2_000);
  assert.ok(decision.kind === 'wait' && decision.until === start + 2_500);
});

test('each time that a server is gone it is looked for as soon as the first time', async (t) => {
  const { table } = await startStateTable(t);
  const breaker = createDynamoCircuitBreaker({ table });
  const refused = new ProviderFailure('unreachable', 'ECONNREFUSED');
  for (const now of [start, start + 3_600_000]) {
    await breaker.recordFailure('p', refused, now);
    assert.deepEqual(await breaker.peek('p', now + 1_999), {
      kind: 'wait',
      until: now + 2_000,
      reason: 'circuit_open',
      failover: true,
    });
    assert.equal((await breaker.check('p', now + 2_000)).kind, 'probe');
    await breaker.recordSuccess('p', now + 2_000);
  }
});

test('a refusal that comes between looking and taking the probe holds the call back', async (t) => {
  const { table } = await startStateTable(t);
  const other = createDynamoCircuitBreaker({ table });
  const until = await open(other, start);
  const get: typeof table.get = async (...parameters) => {
    const item = await table.get(...parameters);
    await other.recordFailure('p', refusal(3_000), until);
    return item;
  };
  const breaker = createDynamoCircuitBreaker({ table: { ...table, get } });
  const decision = await breaker.check('p', until);
  assert.ok(decision.kind === 'wait' && decision.until === until + 3_000, JSON.stringify(decision));
});

test('only where connections were refused is a connection asked for', async (t) => {
  const { table } = await startStateTable(t);
  const breaker = createDynamoCircuitBreaker({ table, refuses: () => assert.fail('not to be asked') });
  const until = await open(breaker, start);
  assert.equal((await breaker.check('p', until)).kind, 'probe');
});

test('whoever lost the answer to its taking the probe holds it all the same', async (t) => {
  const { table } = await startStateTable(t);
  const repeating: typeof table = {
    ...table,
    async update(update) {
      await table.update(update);
      return table.update(update);
    },
  };
  const breaker = createDynamoCircuitBreaker({ table: repeating });
  const until = await open(createDynamoCircuitBreaker({ table }), start);
  assert.equal((await breaker.check('p', until)).kind, 'probe');
  await breaker.recordFailure('p', outage, until);
  assert.deepEqual(await breaker.peek('p', until), {
    kind: 'wait',
    until: until + 10_000,
    reason: 'circuit_open',
    failover: true,
  });
});

test('a worker whose probe has become another’s neither frees nor judges that one', async (t) => {
  const { table } = await startStateTable(t);
  const late = Array.from({ length: 3 }, () => createDynamoCircuitBreaker({ table }));
  const [first, second, third] = late;
  assert.ok(first && second && third);
  let now = await open(first, start);
  for (const breaker of late) {
    assert.equal((await breaker.check('p', now)).kind, 'probe');
    now += 30_000;
  }
  const other = createDynamoCircuitBreaker({ table });
  assert.equal((await other.check('p', now)).kind, 'probe');
  await first.releaseProbe('p', now);
  await second.recordFailure('p', new ProviderFailure('refused', '400'), now);
  await third.recordFailure('p', outage, now);
  assert.deepEqual(await first.peek('p', now), {
    kind: 'wait',
    until: now + 1_000,
    reason: 'circuit_open',
    failover: true,
  });
});
