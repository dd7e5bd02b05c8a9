import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TaskTypeEntry } from '../../../../config/file/task-type-entry.ts';

test('an answer’s length may depend on the data alone, or not at all', () => {
  for (const completion_tokens of [
    { fixed: 0, per_input_token: 1.5 },
    { fixed: 50, per_input_token: 0 },
    { fixed: 1_000_000, per_input_token: 1_000 },
  ])
    assert.deepEqual(TaskTypeEntry.parse({ completion_tokens }), { completion_tokens });
  for (const completion_tokens of [
    { fixed: -1, per_input_token: 1 },
    { fixed: 1_000_001, per_input_token: 1 },
  ])
    assert.equal(TaskTypeEntry.safeParse({ completion_tokens }).success, false);
});
