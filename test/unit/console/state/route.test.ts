import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRoute, writeRoute } from '../../../../console/state/route.ts';

test('an address is read as it was written, whatever its values are made of', () => {
  const route = {
    view: 'tasks',
    task: 'task_1',
    status: 'failed',
    type: 'a&b=c #',
    batch: 'batch_1',
  } as const;
  assert.deepEqual(readRoute(writeRoute(route)), route);
});

test('an address that names no view is that of the first', () => {
  for (const hash of ['', '#', '#/', '#/nonsense?x=1']) assert.equal(readRoute(hash).view, 'live');
  assert.equal(writeRoute({ view: 'live', task: undefined }), '#/live');
});
