import assert from 'node:assert/strict';
import test from 'node:test';
import { providers } from '../../../../config/providers.ts';
import type { AttemptOutcome } from '../../../../core/attempts/attempt.ts';
import { classifyError } from '../../../../core/attempts/classify-error.ts';
import { decideAfterFailure } from '../../../../core/attempts/decide-after-failure.ts';
import { readErrorReply } from '../../../../core/attempts/error-reply.ts';
import type { FailureKindName, ProviderFailure } from '../../../../core/attempts/provider-failure.ts';
import { makeTask } from './make-task.ts';
import { type RecordedError, recordedAt, recordedErrors } from './recorded-errors.ts';

function classify({ provider, status, headers = {}, body }: RecordedError): ProviderFailure {
  const definition = providers.find(({ name }) => name === provider);
  assert.ok(definition, `${provider} is in the catalogue`);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return classifyError(provider, definition.errors, readErrorReply(status, headers, text), recordedAt);
}

/** What follows for a task that has failed once: pinned to its provider, or free to fail over. */
const decisions: Record<FailureKindName, { pinned: AttemptOutcome['kind']; free: AttemptOutcome['kind'] }> = {
  overloaded: { pinned: 'retry', free: 'failover' },
  rate_limited: { pinned: 'retry', free: 'retry' },
  outage: { pinned: 'retry', free: 'retry' },
  unreachable: { pinned: 'retry', free: 'retry' },
  auth: { pinned: 'failed', free: 'failover' },
  quota: { pinned: 'failed', free: 'failover' },
  model_unavailable: { pinned: 'failed', free: 'failover' },
  too_long: { pinned: 'failed', free: 'failover' },
  refused: { pinned: 'failed', free: 'failed' },
  content_filtered: { pinned: 'failed', free: 'failed' },
  invalid_output: { pinned: 'failed', free: 'failed' },
};

for (const recorded of recordedErrors) {
  const { provider, name, status, kind, retryAfter } = recorded;
  const wait = retryAfter === undefined ? '' : ` after ${retryAfter} ms`;
  const { pinned, free } = decisions[kind];
  // A free task fails over rather than wait long for a rate limit.
  const freeDecision = kind === 'rate_limited' && (retryAfter ?? 0) > 5_000 ? 'failover' : free;
  test(`${provider}, ${status}, ${name}: ${kind}${wait}; pinned: ${pinned}, free: ${freeDecision}`, () => {
    const failure = classify(recorded);
    assert.equal(failure.kind, kind);
    assert.equal(failure.retryAfter, retryAfter);
    const everyone = { isEnabled: () => true, contextWindow: () => undefined };
    const decide = (task: ReturnType<typeof makeTask>) =>
      decideAfterFailure(task, failure, everyone, recordedAt, 0.5);
    const longEnough = { createdAt: recordedAt, deadlineAt: recordedAt + 900_000 };
    const pinnedOutcome = decide(makeTask({ ...longEnough, provider, ranking: [provider], failover: false }));
    assert.equal(pinnedOutcome.kind, pinned);
    if (pinnedOutcome.kind === 'retry' && retryAfter !== undefined)
      assert.equal(pinnedOutcome.delayMs, retryAfter);
    assert.equal(
      decide(makeTask({ ...longEnough, provider, ranking: [provider, 'other'] })).kind,
      freeDecision,
    );
  });
}

test('every provider of the catalogue has recorded errors', () => {
  const covered = new Set(recordedErrors.map(({ provider }) => provider));
  assert.deepEqual(
    providers.map(({ name }) => name).filter((name) => !covered.has(name)),
    [],
  );
});

test('a content filter is one whichever provider names it so: proxies and platforms do before any model', () => {
  const body = { error: { message: 'No', code: 'content_filter' } };
  for (const { name: provider } of providers)
    assert.equal(
      classify({ provider, name: '', status: 400, body, kind: 'content_filtered' }).kind,
      'content_filtered',
    );
});

test('an error message shows neither key nor account', () => {
  for (const recorded of recordedErrors) {
    const { message } = classify(recorded);
    assert.doesNotMatch(message, /sk-abc|org-abc|ak-def/, message);
  }
});

test('a Retry-After date is counted from now, and one in the past is no wait', () => {
  const at = (date: string) =>
    classify({
      provider: 'openai',
      name: '',
      status: 429,
      headers: { 'retry-after': date },
      body: {},
      kind: 'rate_limited',
    });
  assert.equal(at('Sun, 22 Nov 2026 12:00:05 GMT').retryAfter, 5_000);
  assert.equal(at('Sun, 22 Nov 2026 11:00:00 GMT').retryAfter, 0);
  assert.equal(at('soon').retryAfter, undefined);
});

test('a wait of more than a day is ignored', () => {
  const error = { provider: 'openai', name: '', status: 429, body: {}, kind: 'rate_limited' } as const;
  assert.equal(classify({ ...error, headers: { 'retry-after': '99999999' } }).retryAfter, undefined);
});
