import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeProvider, isHeldBack, isKnown } from '../../../scripts/deployed/describe-provider.ts';
import { makeState } from '../core/routing/make-provider.ts';

const hold = { until: Date.UTC(2026, 10, 22, 12), reason: 'asked_to_wait' } as const;

test('a provider that was never called and is not held back is worth no line', () => {
  assert.equal(isKnown(makeState('kimi')), false);
  for (const state of [
    { requests: 1 },
    { processing: 1 },
    { queued: { high: 0, normal: 0, low: 1 } },
    { hold },
    { circuit: 'half_open' as const },
  ])
    assert.equal(isKnown(makeState('kimi', state)), true, JSON.stringify(state));
});

test('there is something to resume while the circuit is not closed or a pause lasts', () => {
  assert.equal(isHeldBack({ hold: null, circuit: 'closed' }), false);
  assert.equal(isHeldBack({ hold, circuit: 'closed' }), true);
  assert.equal(isHeldBack({ hold: null, circuit: 'open' }), true);
  assert.equal(isHeldBack({ hold: null, circuit: 'half_open' }), true);
});

test('a line says what holds a provider back, and what came of its calls', () => {
  const state = makeState('kimi', {
    circuit: 'half_open',
    hold,
    queued: { high: 1, normal: 2, low: 3 },
    processing: 4,
    requests: 50,
    errors: 6,
    lastError: 'provider_error',
  });
  assert.equal(
    describeProvider(state),
    'kimi        circuit half-open; held back until 2026-11-22T12:00:00.000Z, since it asked for that; ' +
      '6 waiting, 4 under way; 6 of 50 calls failed, the last by provider_error',
  );
  assert.equal(
    describeProvider(makeState('openai', { requests: 1 })),
    'openai      circuit closed; 0 waiting, 0 under way; 0 of 1 calls failed',
  );
});
