import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeLimits, TenantLimits } from '../../../../core/tenants/tenant-limits.ts';

test('what a command says wins over the configuration, a limit of its own for a limit', () => {
  const configured = { requests_per_minute: 60, max_waiting: 10, providers: ['kimi'] };
  const stored = { max_waiting: 5, providers: null, budget_per_day: 2 };
  assert.deepEqual(mergeLimits(configured, stored), {
    requests_per_minute: 60,
    max_waiting: 5,
    budget_per_day: 2,
  });
});

test('a wrong limit is told with what it should be', () => {
  for (const [limits, expected] of [
    [{ requests_per_minute: 0 }, /whole number of at least 1/],
    [{ max_waiting: -1 }, /at least 0/],
    [{ highest_priority: 'urgent' }, /must be high, normal, low/],
    [{ providers: [] }, /must be a list of providers/],
    [{ budget_per_day: -1 }, /US dollars/],
    [{ budget: 1 }, /map of limits|Unrecognized/],
  ] as const) {
    const { error } = TenantLimits.safeParse(limits);
    assert.match(error?.issues[0]?.message ?? '', expected, JSON.stringify(limits));
  }
});
