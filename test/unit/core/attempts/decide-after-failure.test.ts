import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { decideAfterFailure as decideWith } from '../../../../core/attempts/decide-after-failure.ts';
import { failureKinds, ProviderFailure } from '../../../../core/attempts/provider-failure.ts';
import { makeTask } from './make-task.ts';

type Arguments = Parameters<typeof decideWith>;

const routes = (isEnabled: (name: string) => boolean = () => true) => ({
  isEnabled,
  contextWindow: (name: string) => windows[name],
});
const windows: Record<string, number> = { first: 8_000, small: 4_000, same: 8_000, large: 200_000 };

/** With every provider enabled. */
function decideAfterFailure(task: Arguments[0], failure: Arguments[1], now: number, random: number) {
  return decideWith(task, failure, routes(), now, random);
}

const outage = new ProviderFailure('outage', 'down');

test('the delay is anywhere below a bound that doubles with each attempt', () => {
  const delay = (providerAttempts: number, random: number) => {
    const outcome = decideAfterFailure(
      makeTask({ providerAttempts, config: { maxRetries: 20 }, deadlineAt: 900_000 }),
      outage,
      0,
      random,
    );
    return outcome.kind === 'retry' ? outcome.delayMs : undefined;
  };
  assert.deepEqual(
    [1, 2, 3, 4].map((attempt) => delay(attempt, 0.999_999)),
    [1_000, 2_000, 4_000, 8_000],
  );
  assert.equal(delay(3, 0), 0);
  assert.equal(delay(19, 0.999_999), 30_000);
});

test('the provider’s own wait is kept to the millisecond', () => {
  const failure = new ProviderFailure('rate_limited', 'slow down', { retryAfter: 2_345 });
  const outcome = decideAfterFailure(makeTask(), failure, 0, 0.9);
  assert.deepEqual({ ...outcome, error: undefined }, { kind: 'retry', delayMs: 2_345, error: undefined });
});

test('rather than wait long, a task goes to the next provider of its ranking', () => {
  const failure = new ProviderFailure('rate_limited', 'slow down', { retryAfter: 30_000 });
  const outcome = decideAfterFailure(makeTask({ ranking: ['first', 'second', 'third'] }), failure, 0, 0.9);
  assert.equal(outcome.kind === 'failover' && outcome.provider, 'second');
  assert.equal(outcome.kind === 'failover' && outcome.model, 'second-model');
});

test('after max_retries repeats a task goes to the next provider, and after the last one it fails', () => {
  const ranking = ['first', 'second'];
  const spent = { providerAttempts: 4, attempts: 4 };
  assert.equal(decideAfterFailure(makeTask({ ranking, ...spent }), outage, 0, 0.5).kind, 'failover');
  const last = decideAfterFailure(makeTask({ ranking, ...spent, provider: 'second' }), outage, 0, 0.5);
  assert.equal(last.kind === 'failed' && last.error.code, 'retries_exhausted');
  assert.match(last.kind === 'failed' ? last.error.message : '', /4 attempts: down/);
});

test('a provider that a deployment removed is passed over, and where none is left the task stays or ends', () => {
  const overloaded = new ProviderFailure('overloaded', 'busy');
  const decide = (ranking: string[], enabled: string[]) =>
    decideWith(
      makeTask({ ranking }),
      overloaded,
      routes((name) => enabled.includes(name)),
      0,
      0.5,
    );
  const third = decide(['first', 'removed', 'third'], ['first', 'third']);
  assert.deepEqual(third.kind === 'failover' && [third.provider, third.model], ['third', 'third-model']);
  assert.equal(decide(['first', 'removed'], ['first']).kind, 'retry');
  const auth = new ProviderFailure('auth', 'no');
  const task = makeTask({ ranking: ['first', 'removed'] });
  assert.equal(
    decideWith(
      task,
      auth,
      routes((name) => name === 'first'),
      0,
      0.5,
    ).kind,
    'failed',
  );
});

test('a request that is too long goes only where there is more room, as far as the windows are known', () => {
  const elsewhere = (ranking: string[], contextWindow?: number) => {
    const failure = new ProviderFailure('too_long', 'too long', { contextWindow });
    const outcome = decideAfterFailure(makeTask({ ranking }), failure, 0, 0.5);
    return outcome.kind === 'failover' ? outcome.provider : outcome.kind;
  };
  assert.equal(elsewhere(['first', 'small', 'same', 'large']), 'large');
  assert.equal(elsewhere(['first', 'small', 'unknown']), 'unknown');
  assert.equal(elsewhere(['first', 'small', 'same']), 'failed');
  assert.equal(
    elsewhere(['first', 'small', 'same'], 2_048),
    'small',
    'its real window is smaller than its row says',
  );
});

test('a delay past the deadline is not begun: elsewhere at once, or the end with `timeout`', () => {
  const failure = new ProviderFailure('rate_limited', 'slow down', { retryAfter: 4_000 });
  const late = { deadlineAt: 3_000 };
  assert.equal(
    decideAfterFailure(makeTask({ ...late, ranking: ['first', 'second'] }), failure, 0, 0).kind,
    'failover',
  );
  const end = decideAfterFailure(makeTask(late), failure, 0, 0);
  assert.equal(end.kind === 'failed' && end.error.code, 'timeout');
});

test('with failover off a task stays at its provider, whatever the ranking holds', () => {
  const overloaded = new ProviderFailure('overloaded', 'busy');
  const task = makeTask({ ranking: ['first', 'second'], failover: false });
  assert.equal(decideAfterFailure(task, overloaded, 0, 0.5).kind, 'retry');
  const auth = decideAfterFailure(task, new ProviderFailure('auth', 'no'), 0, 0.5);
  assert.equal(auth.kind === 'failed' && auth.error.code, 'provider_auth');
});

test('whatever fails, a task is never postponed past its deadline and ends after finitely many attempts', () => {
  const kinds = Object.keys(failureKinds) as (keyof typeof failureKinds)[];
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          kind: fc.constantFrom(...kinds),
          retryAfter: fc.option(fc.nat(100_000), { nil: undefined }),
          random: fc.double({ min: 0, max: 0.999, noNaN: true }),
        }),
        { minLength: 60, maxLength: 60 },
      ),
      fc.nat(5),
      fc.integer({ min: 1, max: 4 }),
      (failures, maxRetries, providerCount) => {
        const ranking = ['a', 'b', 'c', 'd'].slice(0, providerCount);
        let task = makeTask({ ranking, config: { maxRetries }, deadlineAt: 600_000 });
        let now = 0;
        let attempts = 0;
        for (const { kind, retryAfter, random } of failures) {
          attempts += 1;
          const outcome = decideAfterFailure(
            task,
            new ProviderFailure(kind, '', { retryAfter }),
            now,
            random,
          );
          if (outcome.kind === 'failed') break;
          if (outcome.kind === 'retry') {
            now += outcome.delayMs;
            assert.ok(now < task.deadlineAt);
            task = { ...task, providerAttempts: task.providerAttempts + 1 };
          } else if (outcome.kind === 'failover') {
            assert.ok(ranking.indexOf(outcome.provider) > ranking.indexOf(task.provider));
            task = { ...task, provider: outcome.provider, providerAttempts: 1 };
          }
        }
        assert.ok(attempts <= (maxRetries + 1) * providerCount);
      },
    ),
  );
});
