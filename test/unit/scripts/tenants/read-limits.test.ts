import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLimits } from '../../../../scripts/tenants/read-limits.ts';

test('limits are read beside those that are stored', () => {
  const words = [
    'requests_per_minute=60',
    'providers=kimi, openai',
    'max_waiting=none',
    'budget_per_day=default',
  ];
  assert.deepEqual(readLimits(words, { budget_per_day: 5, highest_priority: 'low' }), {
    requests_per_minute: 60,
    providers: ['kimi', 'openai'],
    max_waiting: null,
    highest_priority: 'low',
  });
});

test('what is no limit is told with those that there are', () => {
  assert.throws(
    () => readLimits(['budget=3'], {}),
    /budget=3 is no limit: one is requests_per_minute=…, max_waiting=…/,
  );
  assert.throws(() => readLimits(['budget_per_day=much'], {}), /budget_per_day must be US dollars/);
  assert.throws(() => readLimits(['highest_priority=urgent'], {}), /must be high, normal, low/);
});
