import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lanesOf, pauseAfter, waitFor } from '../../../../local/lambda/stream-pace.ts';

test('a lane pauses half as long as its invocation took, so that writes wake it no more than the machine bears', () => {
  for (const [took, pause] of [
    [0, 10],
    [20, 10],
    [90, 45],
    [500, 250],
    [60_000, 250],
  ] as const)
    assert.equal(pauseAfter(took), pause, `${took} ms`);
});

test('a mapping has the lanes that a new table’s four shards give it, and one that gathers those of one shard', () => {
  assert.deepEqual([lanesOf(2, 0), lanesOf(1, 0), lanesOf(1, 1)], [8, 4, 1]);
});

test('a lane gathers for a moment, or as long as its window says', () => {
  assert.deepEqual([waitFor(0), waitFor(1)], [20, 1_000]);
});
