import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Item } from '../../../../local/services/dynamodb-store.ts';
import { addRead, addRefusal, addWrite, noUnits } from '../../../../local/services/dynamodb-units.ts';

const key = (...names: string[]) => names.map((AttributeName) => ({ AttributeName }));
const table = {
  KeySchema: key('pk', 'sk'),
  GlobalSecondaryIndexes: [
    { IndexName: 'by-owner', KeySchema: key('owner'), Projection: { ProjectionType: 'KEYS_ONLY' } },
    { IndexName: 'by-state', KeySchema: key('state', 'sk'), Projection: { ProjectionType: 'ALL' } },
  ],
};
const item = (more: object = {}): Item => ({ pk: { S: 'p' }, sk: { S: 's' }, ...more });
const text = (length: number) => ({ S: 'x'.repeat(length) });

const written = (before: Item | undefined, after: Item | undefined, times?: number) => {
  const units = noUnits();
  addWrite(units, table, before, after, times);
  return units.write;
};

test('a write is billed by the larger of what was there and what is there now, in KB begun', () => {
  // Two names of two letters and two values of one are six bytes, the name of the text one more.
  assert.equal(written(undefined, item({ t: text(1024 - 7) })), 1);
  assert.equal(written(undefined, item({ t: text(1024 - 6) })), 2);
  assert.equal(written(item({ t: text(5_000) }), item()), 5);
  assert.equal(written(item({ t: text(5_000) }), undefined), 5);
  assert.equal(written(undefined, undefined), 1);
});

test('an index entry is billed when it comes, goes, moves or changes, and not when it stays', () => {
  const ann = { owner: { S: 'ann' } };
  assert.equal(written(undefined, item(ann)), 2);
  assert.equal(written(item(ann), item({ ...ann, t: text(3_000) })), 3);
  assert.equal(written(item(ann), item({ owner: { S: 'bob' } })), 3);
  assert.equal(written(item(ann), item()), 2);
  const copy: Item = Object.assign(Object.create(null), { S: 'ann' });
  assert.equal(written(item(ann), item({ owner: copy, t: text(10) })), 1, 'a copy is the same');
  const open = { state: { S: 'open' } };
  assert.equal(written(item(open), item({ ...open, t: text(3_000) })), 6);
});

test('a transaction bills its items twice and their index entries once', () => {
  assert.equal(written(undefined, item({ owner: { S: 'ann' } }), 2), 3);
});

test('what a condition refuses is billed by the item that is there', () => {
  const units = noUnits();
  addRefusal(units, item({ t: text(2_000) }));
  addRefusal(units, undefined, 2);
  assert.equal(units.write, 4);
});

test('a read is billed at least half a unit, or one that is consistent', () => {
  const units = noUnits();
  addRead(units, { CapacityUnits: 0 }, false);
  addRead(units, { CapacityUnits: 0 }, true);
  addRead(units, [{ CapacityUnits: 2.5 }, { CapacityUnits: 1 }], false);
  assert.equal(units.read, 5);
});

test('storage grows by the item, its index entries and 100 bytes for each, and shrinks by as much', () => {
  const units = noUnits();
  const owned = item({ owner: { S: 'ann' } });
  addWrite(units, table, undefined, owned);
  assert.equal(units.storedBytes, 2 * (6 + 8 + 100));
  addWrite(units, table, owned, undefined);
  assert.equal(units.storedBytes, 0);
});
