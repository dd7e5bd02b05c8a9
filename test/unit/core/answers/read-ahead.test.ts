import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readAhead } from '../../../../core/answers/read-ahead.ts';

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of source) all.push(value);
  return all;
}

async function* numbers(pauseMs = 0) {
  for (const number of [1, 2, 3, 4]) {
    await sleep(pauseMs);
    yield number;
  }
}

test('what was read ahead comes again, and then the rest', async () => {
  const { seen, all } = await readAhead(numbers(), (number) => number === 2, 1_000);
  assert.deepEqual(seen, [1, 2]);
  assert.deepEqual(await collect(all), [1, 2, 3, 4]);
});

test('a slow source is waited for only so long, and loses nothing', async () => {
  const { seen, all } = await readAhead(numbers(100), () => false, 20);
  assert.deepEqual(seen, []);
  assert.deepEqual(await collect(all), [1, 2, 3, 4]);
});

test('what the source throws is thrown where it is read', async () => {
  async function* broken() {
    yield 1;
    await sleep(20);
    throw new Error('broken');
  }
  await assert.rejects(
    readAhead(broken(), () => false, 1_000),
    /broken/,
  );
  const { all } = await readAhead(broken(), () => true, 1_000);
  await assert.rejects(collect(all), /broken/);
});

test('whoever reads no further ends the source', async () => {
  let hasEnded = false;
  async function* endless() {
    try {
      for (;;) yield 1;
    } finally {
      hasEnded = true;
    }
  }
  const { all } = await readAhead(endless(), () => true, 1_000);
  for await (const _ of all) break;
  assert.ok(hasEnded);
});
