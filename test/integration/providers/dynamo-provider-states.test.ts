import assert from 'node:assert/strict';
import test from 'node:test';
import { createDynamoCircuitBreaker } from '../../../adapters/dynamo-circuit-breaker.ts';
import { createDynamoProviderStates } from '../../../adapters/dynamo-provider-states.ts';
import { ProviderFailure } from '../../../core/attempts/provider-failure.ts';
import { failuresToOpen, longestHoldMs } from '../../../core/circuit-breaker/circuit.ts';
import { stateWindowMs } from '../../../core/providers/provider-states.ts';
import type { ProviderCounts } from '../../../core/statistics/statistics.ts';
import { addCounts } from './add-counts.ts';
import { startStateTable } from './start-state-table.ts';

/** In the middle of a window of recent calls. */
const start = 10_000 * stateWindowMs + stateWindowMs / 2;

/** Counts of the provider `a`; those that are not given are 0. */
interface CountsChange extends Partial<Omit<ProviderCounts, 'queued' | 'calls' | 'tokens'>> {
  queued?: Partial<ProviderCounts['queued']>;
  calls?: { requests?: number; errors?: number; latencies?: Record<number, number> };
  tokens?: Partial<ProviderCounts['tokens']>;
}

function makeCounts({ queued, calls, tokens, ...rest }: CountsChange): ProviderCounts {
  const latencies = Object.entries(calls?.latencies ?? {}).map(
    ([edge, count]) => [Number(edge), count] as const,
  );
  return {
    provider: 'a',
    queued: { high: 0, normal: 0, low: 0, ...queued },
    processing: 0,
    calls: { requests: 0, errors: 0, ...calls, latencies: new Map(latencies) },
    errorsByCode: {},
    latencyMs: 0,
    retries: 0,
    failovers: 0,
    tokens: { prompt: 0, completion: 0, ...tokens },
    costUsd: 0,
    ...rest,
  };
}

async function setUp(t: test.TestContext) {
  const { table, takeOperations } = await startStateTable(t);
  let now = start;
  const states = createDynamoProviderStates({ table, providers: ['a', 'b'], now: () => now });
  return {
    table,
    states,
    takeOperations,
    breaker: createDynamoCircuitBreaker({ table }),
    passTime: (milliseconds: number) => {
      now += milliseconds;
    },
    async add(counts: CountsChange, at = now) {
      await addCounts(table, { providers: [makeCounts(counts)] }, at);
    },
    async read(provider = 'a') {
      now += 2_000;
      const state = (await states.read()).get(provider);
      assert.ok(state);
      return state;
    },
  };
}

test('providers that were never called have zeros; all are read at once and kept for a moment', async (t) => {
  const { states, takeOperations } = await setUp(t);
  const [first] = await Promise.all([states.read(), states.read()]);
  assert.deepEqual([...first.keys()], ['a', 'b']);
  assert.equal(first.get('b')?.requests, 0);
  assert.equal(first.get('b')?.latencyMs, null);
  assert.equal(first.get('b')?.circuit, 'closed');
  await states.read();
  assert.deepEqual(takeOperations(), ['BatchGetItem']);
});

test('gauges, counters and the last error come from what the stream counted', async (t) => {
  const { add, read } = await setUp(t);
  await add({
    queued: { high: 2, low: -1 },
    processing: 3,
    calls: { requests: 10, errors: 4 },
    costUsd: 0.25,
    tokens: { prompt: 7 },
  });
  const state = await read();
  assert.deepEqual(state.queued, { high: 2, normal: 0, low: 0 });
  assert.deepEqual(
    [state.processing, state.requests, state.errors, state.costUsd, state.promptTokens],
    [3, 10, 4, 0.25, 7],
  );
});

test('latency and error rate are of about the last two minutes; after few calls latency is of all time', async (t) => {
  const { add, read } = await setUp(t);
  await add({ calls: { latencies: { 10000: 100 }, requests: 100 } }, start - 10 * stateWindowMs);
  assert.equal((await read()).latencyMs?.p50, 8_750);
  await add({ calls: { latencies: { 1000: 50 }, requests: 60, errors: 10 } }, start - stateWindowMs);
  await add({ calls: { latencies: { 200: 50 }, requests: 50 } }, start);
  const state = await read();
  // Almost half of the window before still counts.
  assert.ok(
    state.latencyMs && state.latencyMs.p50 <= 200 && state.latencyMs.p95 > 750,
    JSON.stringify(state.latencyMs),
  );
  assert.ok(state.errorRate > 0.05 && state.errorRate < 0.07, String(state.errorRate));
});

test('tasks accepted here count at once, until the stream has counted them', async (t) => {
  const { states, read, passTime, add } = await setUp(t);
  await states.read();
  states.noteAccepted('a', 'low', 3);
  assert.equal((await states.read()).get('a')?.queued.low, 3);
  passTime(1_400);
  states.noteAccepted('a', 'low', 2);
  await add({ queued: { low: 3 } });
  passTime(200);
  assert.equal((await states.read()).get('a')?.queued.low, 5, 'three counted by the stream, two noted here');
  assert.equal((await read()).queued.low, 3);
});

test('the circuit shows, and errors from before it closed do not count against the provider', async (t) => {
  const { add, read, breaker, passTime } = await setUp(t);
  await add({ calls: { requests: 10, errors: 10 } });
  assert.equal((await read()).routingErrorRate, 1);
  for (let failure = 0; failure < failuresToOpen; failure += 1)
    await breaker.recordFailure('a', new ProviderFailure('outage', ''), start + 2_000);
  const open = await read();
  assert.equal(open.circuit, 'open');
  assert.equal(open.blockedUntil, start + 7_000);
  assert.deepEqual(open.hold, { until: start + 7_000, reason: 'circuit_open' });
  passTime(5_000);
  const halfOpen = await read();
  assert.equal(halfOpen.circuit, 'half_open');
  assert.equal(halfOpen.routingErrorRate, 0, 'a probe is due');
  await breaker.check('a', start + 12_000);
  await breaker.recordSuccess('a', start + 12_000);
  const closed = await read();
  assert.equal(closed.circuit, 'closed');
  assert.deepEqual([closed.errorRate, closed.routingErrorRate], [1, 0]);
});

test('a pause that the provider asked for shows in its own words, while it is held back for minutes alone', async (t) => {
  const { read, breaker, passTime } = await setUp(t);
  assert.equal((await read()).hold, null);
  const day = 86_400_000;
  const at = start + 2_000;
  await breaker.recordFailure('a', new ProviderFailure('rate_limited', '', { retryAfter: day }), at);
  const hold = { until: at + day, reason: 'asked_to_wait' };
  const blocked = await read();
  assert.deepEqual([blocked.circuit, blocked.hold], ['closed', hold]);
  assert.equal(blocked.blockedUntil, at + longestHoldMs);
  passTime(longestHoldMs);
  assert.deepEqual((await read()).hold, hold, 'single calls ask it again');
  await breaker.check('a', at + longestHoldMs);
  await breaker.recordSuccess('a', at + longestHoldMs);
  assert.equal((await read()).hold, null);
});
