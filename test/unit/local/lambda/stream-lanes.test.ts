import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StreamLanes, slowMs } from '../../../../local/lambda/stream-lanes.ts';

const record = (id: string, version = 1) => ({ dynamodb: { Keys: { pk: { S: id } }, version } });

/** Takes what is in the lane into an invocation. */
function invoke(lane: ReturnType<StreamLanes['add']>, now: number) {
  lane.invokedAt = now;
  return lane.records.splice(0);
}

test('one lane takes all records as long as its invocations are quick', () => {
  const lanes = new StreamLanes(3);
  const first = lanes.add(record('a'), 0);
  assert.equal(lanes.add(record('b'), 0), first);
  invoke(first, 1_000);
  assert.equal(lanes.add(record('c'), 1_000 + slowMs - 1), first);
});

test('beside a slow invocation another lane takes them, and the shortest where all are slow', () => {
  const lanes = new StreamLanes(2);
  const first = lanes.add(record('a'), 0);
  invoke(first, 0);
  const second = lanes.add(record('b'), slowMs);
  assert.notEqual(second, first);
  invoke(second, slowMs);
  const now = slowMs * 3;
  assert.equal(lanes.add(record('c'), now), first);
  assert.equal(lanes.add(record('d'), now), second);
});

test('the records of a key stay in the lane where one of them is not done', () => {
  const lanes = new StreamLanes(2);
  const first = lanes.add(record('a'), 0);
  const taken = invoke(first, 0);
  const later = slowMs * 2;
  assert.equal(lanes.add(record('a', 2), later), first, 'it is under way');
  lanes.done(taken);
  assert.equal(lanes.add(record('a', 3), later), first, 'another waits there');
  assert.deepEqual(
    first.records.map(({ dynamodb }) => dynamodb.version),
    [2, 3],
  );
  lanes.done(invoke(first, later));
  assert.notEqual(lanes.add(record('a', 4), later + slowMs), first);
});
