import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLines } from '../../../../core/openai-batches/batch-lines.ts';
import { LineReader } from '../../../../core/openai-batches/line-reader.ts';
import type { OpenaiBatch } from '../../../../core/openai-batches/openai-batch.ts';
import { createMemoryContents } from '../files/memory-contents.ts';

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

const read = (bytes: Uint8Array, size = 3) => Array.fromAsync(readLines(inPieces(bytes, size), 0));

test('lines are the same however their bytes come, with their numbers and ends, without blank ones', async () => {
  const bytes = Buffer.from('\uFEFF{"a":"ü"}\r\n\n  \n{"b":2}');
  for (const size of [1, 2, 3, 7, 99]) {
    const lines = await read(bytes, size);
    assert.deepEqual(
      lines.map(({ text, number, end }) => [text?.trim(), number, end]),
      [
        ['{"a":"ü"}', 1, 15],
        ['{"b":2}', 4, bytes.length],
      ],
    );
  }
});

test('a line that is no UTF-8, or longer than is taken, is told without its text', async () => {
  const bytes = Buffer.concat([
    Buffer.from([0xff, 0x0a]),
    Buffer.alloc(5 * 1024 * 1024 + 1, 'a'),
    Buffer.from('\nlast'),
  ]);
  const lines = await read(bytes, 1024 * 1024);
  assert.deepEqual(
    lines.map(({ text, number }) => [text, number]),
    [
      [undefined, 1],
      [undefined, 2],
      ['last', 3],
    ],
  );
});

test('a reader goes on where its batch stands, and what is not taken is peeked again', async () => {
  const text = Array.from(
    { length: 40_000 },
    (_, index) => `{"line":${index},"${'x'.repeat(120)}":0}\n`,
  ).join('');
  const { contents, reads } = createMemoryContents({ a: text.slice(0, 1_000_003), b: text.slice(1_000_003) });
  const input = [
    { objectKey: 'a', bytes: 1_000_003 },
    { objectKey: 'b', bytes: Buffer.byteLength(text) - 1_000_003 },
  ];
  const at = (nextByte: number) => ({ work: { input, nextByte } }) as unknown as OpenaiBatch;
  const reader = new LineReader(at(0), contents);
  const found: number[] = [];
  let nextByte = 0;
  for (;;) {
    const lines = await reader.peek(at(nextByte), { lines: 700, bytes: 1_000_000 });
    assert.deepEqual(await reader.peek(at(nextByte), { lines: 700, bytes: 1_000_000 }), lines);
    // The last lines of each are left for the next.
    const taken = lines.slice(0, Math.ceil(lines.length / 2));
    found.push(...taken.map((line) => JSON.parse(line.text ?? '').line));
    nextByte = taken.at(-1)?.end ?? nextByte;
    if (taken.length === 0) break;
  }
  assert.deepEqual(
    found,
    Array.from({ length: 40_000 }, (_, index) => index),
  );
  assert.ok(reads.length <= 6, `${reads.length} reads`);
  const late = new LineReader(at(nextByte - 100), contents);
  assert.equal((await late.peek(at(nextByte - 100), { lines: 9, bytes: 9_000 })).length, 1);
});

test('of lines that are large one is taken at least', async () => {
  const { contents } = createMemoryContents({ a: `${'a'.repeat(50)}\n${'b'.repeat(50)}\n` });
  const batch = { work: { input: [{ objectKey: 'a', bytes: 102 }], nextByte: 0 } } as unknown as OpenaiBatch;
  const lines = await new LineReader(batch, contents).peek(batch, { lines: 9, bytes: 10 });
  assert.equal(lines.length, 1);
});
