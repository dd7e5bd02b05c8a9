import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttemptReport } from '../../../../core/attempts/attempt.ts';
import { type FailureKindName, ProviderFailure } from '../../../../core/attempts/provider-failure.ts';
import { startWorld } from '../../../fakes/scheduling/start-world.ts';

const day = 86_400_000;

function failed(kind: FailureKindName, retryAfter?: number): Partial<AttemptReport> {
  const failure = new ProviderFailure(kind, kind, { retryAfter });
  const error = { code: 'provider_error', message: kind, provider: 'kimi', retryable: true } as const;
  // As a task whose first attempts failed is put off.
  return { outcome: { kind: 'retry', error, delayMs: kind === 'unreachable' ? 1_000 : 30_000 }, failure };
}

test('a provider that asked for a day is called once every two minutes, and with the first success by all', async (t) => {
  let isWell = false;
  const world = startWorld(t, {
    providers: { kimi: 5 },
    callMs: 500,
    answer: () => (isWell ? {} : failed('rate_limited', day)),
  });
  await world.submit(30);
  await world.advance(10_000);
  const first = world.calls.length;
  assert.ok(first >= 1 && first <= 5, `${first} calls were under way when it said so`);
  await world.advance(10 * 60_000);
  assert.equal(world.calls.length - first, 5, 'one every two minutes');
  isWell = true;
  assert.ok(await world.drain(3 * 60_000));
  const { length } = world.calls.filter(({ startedAt }) => startedAt > world.clock() - 3 * 60_000);
  assert.ok(length >= 30);
});

test('resumed by an operator, it is called at once by what comes', async (t) => {
  let isWell = false;
  const world = startWorld(t, {
    providers: { kimi: 5 },
    callMs: 500,
    answer: () => (isWell ? {} : failed('rate_limited', day)),
  });
  await world.submit(1);
  await world.advance(5_000);
  isWell = true;
  await world.breaker.resume('kimi', world.clock());
  await world.submit(5);
  await world.advance(2_000);
  assert.equal(world.calls.length, 6);
  assert.equal(world.mostAtOnce('all'), 5);
});

test('tasks start within seconds of the end of an outage that the circuit looks into by the second', async (t) => {
  let isWell = false;
  const world = startWorld(t, {
    providers: { kimi: 3 },
    callMs: 500,
    answer: () => (isWell ? {} : failed('unreachable')),
  });
  await world.submit(10);
  await world.advance(70_000);
  isWell = true;
  const before = world.calls.length;
  await world.advance(7_000);
  assert.ok(world.calls.length - before >= 6, `${world.calls.length - before} calls`);
  assert.ok(await world.drain(60_000));
});
