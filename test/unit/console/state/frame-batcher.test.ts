import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FrameBatcher } from '../../../../console/state/frame-batcher.ts';

function start(most?: number) {
  const handed: number[][] = [];
  const frames: (() => void)[] = [];
  const batcher = new FrameBatcher<number>(
    (items) => handed.push(items),
    (run) => frames.push(run),
    most,
  );
  return { batcher, handed, frames };
}

test('what comes before a drawing is handed on at once, in its order, and a drawing is asked for once', () => {
  const { batcher, handed, frames } = start();
  for (const item of [1, 2, 3]) batcher.add(item);
  assert.deepEqual(handed, []);
  assert.equal(frames.length, 1);
  frames.shift()?.();
  batcher.add(4);
  assert.equal(frames.length, 1);
  frames.shift()?.();
  assert.deepEqual(handed, [[1, 2, 3], [4]]);
});

test('where nothing is drawn, no more than the bound waits, and nothing is lost', () => {
  const { batcher, handed, frames } = start(2);
  for (const item of [1, 2, 3]) batcher.add(item);
  assert.deepEqual(handed, [[1, 2]]);
  for (const frame of frames) frame();
  assert.deepEqual(handed, [[1, 2], [3]]);
});
