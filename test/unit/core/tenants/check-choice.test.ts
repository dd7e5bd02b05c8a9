import assert from 'node:assert/strict';
import { test } from 'node:test';
import { permitPriority, permits } from '../../../../core/tenants/check-choice.ts';

test('a model is allowed by its name at any allowed provider, or with its provider', () => {
  const limits = { providers: ['kimi', 'openai'], models: ['k2', 'openai/gpt'] };
  assert.equal(permits(limits, 'kimi', 'k2'), true);
  assert.equal(permits(limits, 'openai', 'k2'), true);
  assert.equal(permits(limits, 'openai', 'gpt'), true);
  assert.equal(permits(limits, 'kimi', 'gpt'), false);
  assert.equal(permits(limits, 'qwen', 'k2'), false);
  assert.equal(permits({}, 'any', 'any'), true);
});

test('a priority that is too high is refused where it was asked for, else the highest allowed takes its place', () => {
  const limits = { highest_priority: 'normal' } as const;
  assert.throws(() => permitPriority(limits, 'high', true), {
    code: 'forbidden',
    faults: [{ pointer: '/priority', detail: 'may be normal at most' }],
  });
  assert.equal(permitPriority(limits, 'high', false), 'normal');
  assert.equal(permitPriority(limits, 'low', true), 'low');
  assert.equal(permitPriority({}, 'high', true), 'high');
});
