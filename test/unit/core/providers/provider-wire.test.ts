import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProviderState } from '../../../../core/providers/provider-states.ts';
import { toWireProviderStatus, WireProviderStatus } from '../../../../core/providers/provider-wire.ts';
import { makeProvider, makeState } from '../routing/make-provider.ts';

const now = Date.UTC(2026, 10, 22, 12);
const { definition, settings } = makeProvider('kimi');

function statusOf(state: Partial<ProviderState>, at = now) {
  const status = toWireProviderStatus(definition, settings, makeState('kimi', state), at);
  return WireProviderStatus.parse(status);
}

test('a provider that is held back is degraded, and says until when and why', () => {
  const hold = { until: now + 1_000, reason: 'asked_to_wait' } as const;
  const { status, circuit, blocked_until, blocked_reason } = statusOf({ hold });
  assert.deepEqual(
    [status, circuit, blocked_until, blocked_reason],
    ['degraded', 'closed', '2026-11-22T12:00:01.000Z', 'asked_to_wait'],
  );
  const over = statusOf({ hold }, now + 1_000);
  assert.deepEqual([over.status, over.blocked_until, over.blocked_reason], ['healthy', null, null]);
});

test('an open circuit is unhealthy, a half-open one degraded', () => {
  const open = statusOf({ circuit: 'open', hold: { until: now + 1, reason: 'circuit_open' } });
  assert.deepEqual([open.status, open.blocked_reason], ['unhealthy', 'circuit_open']);
  assert.equal(statusOf({ circuit: 'half_open' }).status, 'degraded');
});

test('a provider of which nothing is known, or that is not enabled, is not held back', () => {
  for (const [enabled, status] of [
    [settings, 'healthy'],
    [undefined, 'disabled'],
  ] as const) {
    const wire = WireProviderStatus.parse(toWireProviderStatus(definition, enabled, undefined, now));
    assert.deepEqual([wire.status, wire.blocked_until, wire.blocked_reason], [status, null, null]);
  }
});
