import assert from 'node:assert/strict';
import test from 'node:test';
import { listTaskTypeNames } from '../../../config/task-type-names.ts';
import { listTaskTypes, type OwnTaskType } from '../../../config/task-types.ts';
import { custom } from '../../../core/task-types/custom.ts';

test('names are those of the task types, a deployment’s own among them, each once', () => {
  const own = ['invoice', 'translation'].map((name) => ({ ...custom, name }) as OwnTaskType);
  assert.deepEqual(listTaskTypeNames().sort(), [...listTaskTypes().keys()].sort());
  assert.deepEqual(listTaskTypeNames(own).sort(), [...listTaskTypes(own).keys()].sort());
});
