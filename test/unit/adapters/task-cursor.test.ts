import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexKey, listingOf, readCursor, writeCursor } from '../../../adapters/task-cursor.ts';
import { ServiceError } from '../../../core/service-error.ts';

const byTime = listingOf('default', undefined);
const ofBatch = listingOf('default', 'batch_1');
const time = '2026-11-26T08:00:00.000Z';
const row = { pk: 'default#task_1', sk: 'META' };
const timeKey = { ...row, list_pk: 'default', list_sk: `${time}#task_1` };
const batchKey = { ...row, batch_pk: 'default#batch_1', batch_sk: '000007' };

test('a page of either listing goes on behind the row that its cursor names', () => {
  for (const [listing, key] of [
    [byTime, timeKey],
    [ofBatch, batchKey],
  ] as const)
    assert.deepEqual(readCursor(writeCursor(indexKey(key, listing)), listing), key);
  assert.equal(readCursor(undefined, byTime), undefined);
});

test('what no page ended with is no cursor', () => {
  const refused = (key: object, listing = byTime) =>
    assert.throws(() => readCursor(writeCursor(key as Record<string, unknown>), listing), ServiceError);
  for (const list_sk of [`x${time.slice(1)}#task_1`, `${time.slice(0, -1)}x#task_1`, `${time}#task_2`, time])
    refused({ ...timeKey, list_sk });
  refused({ ...timeKey, list_pk: 'other' });
  refused({ ...timeKey, pk: 'other#task_1' });
  refused({ ...timeKey, more: 'x' });
  refused(timeKey, ofBatch);
  refused({ ...batchKey, batch_pk: 'default#batch_2' }, ofBatch);
});
