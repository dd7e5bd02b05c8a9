import assert from 'node:assert/strict';
import test from 'node:test';
import { marshall } from '@aws-sdk/util-dynamodb';
import { changeFromRecord } from '../../../adapters/dynamo-task-changes.ts';
import { taskToItem } from '../../../adapters/task-items.ts';
import { completed, makeTask, start } from '../../make-task.ts';

const image = (item: object) => marshall(item, { removeUndefinedValues: true });
const record = (eventName: string, before: object | undefined, after: object | undefined) => ({
  eventName,
  dynamodb: {
    SequenceNumber: '42',
    ...(before && { OldImage: image(before) }),
    ...(after && { NewImage: image(after) }),
  },
});
const batch = {
  pk: 'default#batch_1',
  sk: 'BATCH',
  kind: 'batch',
  tenant: 'default',
  batch_id: 'batch_1',
  total: 2,
  version: 1,
  created_at: start,
};

test('a change of a task carries the task before and after', () => {
  const [before, after] = [makeTask(), completed()];
  const change = changeFromRecord(record('MODIFY', taskToItem(before, true), taskToItem(after, false)));
  assert.deepEqual(change, { kind: 'task', sequence: '42', before, after });
  const made = changeFromRecord(record('INSERT', undefined, taskToItem(before, true)));
  assert.deepEqual(made, { kind: 'task', sequence: '42', before: undefined, after: before });
});

test('a result that was compressed is read from its image, where Lambda has it as base64', () => {
  const short = completed().result ?? assert.fail('it has a result');
  const task = completed({ result: { ...short, content: 'What was answered. '.repeat(100) } });
  const row = taskToItem(task, false);
  const { result, ...others } = image(row);
  assert.ok(result?.B, 'it is binary in its row');
  const asHandedOver = { ...others, result: { B: Buffer.from(result.B).toString('base64') } };
  const change = changeFromRecord({ eventName: 'INSERT', dynamodb: { NewImage: asHandedOver } });
  assert.deepEqual(change?.kind === 'task' && change.after, task);
});

test('of a batch only the change that completes it counts', () => {
  const counts = { n_completed: 1, n_failed: 1, n_cancelled: 0 };
  const done = { ...batch, version: 2, ...counts, completed_at: start + 5, counted_from: start + 4 };
  assert.equal(changeFromRecord(record('MODIFY', batch, { ...batch, open_sk: 'later' })), undefined);
  assert.equal(changeFromRecord(record('MODIFY', done, { ...done, ttl: 5 })), undefined);
  const change = changeFromRecord(record('MODIFY', batch, done));
  assert.ok(change?.kind === 'batch');
  assert.equal(change.tenant, 'default');
  const { completedAt, countedFrom, version, completed, failed } = change.after;
  assert.deepEqual([completedAt, countedFrom, version, completed, failed], [start + 5, start + 4, 2, 1, 1]);
  assert.equal(changeFromRecord(record('INSERT', undefined, batch)), undefined);
  const empty = { ...batch, total: 0, completed_at: start };
  assert.equal(changeFromRecord(record('INSERT', undefined, empty))?.kind, 'batch');
  const marks = { pk: 'default#batch_1', sk: 'MARKS#0', kind: 'marks', completed: new Set([0]) };
  assert.equal(changeFromRecord(record('INSERT', undefined, marks)), undefined);
});

test('other rows and removed ones are no changes', () => {
  const input = { pk: 'default#task_1', sk: 'INPUT', body: '{}' };
  assert.equal(changeFromRecord(record('INSERT', undefined, input)), undefined);
  assert.equal(changeFromRecord(record('REMOVE', taskToItem(completed(), false), undefined)), undefined);
});

test('a row that cannot be read throws instead of making up an event', () => {
  const { version: _, ...half } = taskToItem(makeTask(), true);
  assert.throws(() => changeFromRecord(record('MODIFY', undefined, half)), TypeError);
  assert.throws(() => changeFromRecord(record('MODIFY', undefined, { kind: 'task', config: '{' })));
});
