import assert from 'node:assert/strict';
import test from 'node:test';
import { taskTypes } from '../../../../config/task-types.ts';
import { createCacheKey } from '../../../../core/result-cache/cache-key.ts';
import type { TaskType } from '../../../../core/task-types/task-type.ts';
import type { TaskConfig, TaskInput } from '../../../../core/tasks/task.ts';

const base: TaskConfig = { maxRetries: 3, failover: true, strategy: 'balanced' };
const key = (
  {
    tenant = 'default',
    type = 'translation',
    ...input
  }: Partial<TaskInput> & { tenant?: string; type?: string | TaskType } = {},
  config: Partial<TaskConfig> = {},
) =>
  createCacheKey(
    tenant,
    typeof type === 'string' ? (taskTypes.get(type) as TaskType) : type,
    { prompt: null, data: { b: 1, a: 2 }, ...input },
    { ...base, ...config },
  );

test('equal tasks share a key, whatever the order of their members', () => {
  assert.equal(key(), key({ data: { a: 2, b: 1 } }));
  assert.match(key() ?? '', /^[\w-]{43}$/);
});

test('what changes the answer changes the key, and the number of retries does not', () => {
  const other = [
    key({ tenant: 'another' }),
    key({ type: 'text_summarization' }),
    key({ prompt: 'more' }),
    key({ data: { a: 2, b: '1' } }),
    key({ responseSchema: {} }),
    key({}, { temperature: 0.3 }),
    key({}, { maxTokens: 10 }),
    key({}, { strategy: 'quality' }),
    key({}, { provider: 'kimi' }),
    key({}, { model: 'm' }),
    key({ type: { ...(taskTypes.get('translation') as TaskType), instructions: 'changed' } }),
  ];
  assert.equal(new Set([key(), ...other]).size, other.length + 1);
  assert.equal(key({}, { maxRetries: 9, failover: false }), key());
});

test('results of a high temperature are cached only if asked for, and none where the cache is off', () => {
  assert.equal(key({}, { temperature: 0.9 }), null);
  assert.notEqual(key({}, { temperature: 0.9, cacheEnabled: true }), null);
  assert.equal(key({}, { cacheEnabled: false }), null);
  assert.equal(key({ type: 'custom', prompt: 'x' }), null, 'a custom task has no low temperature of its own');
  assert.notEqual(key({ type: 'custom', prompt: 'x' }, { temperature: 0 }), null);
});
