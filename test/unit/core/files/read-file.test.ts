import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFile } from '../../../../core/files/read-file.ts';
import { createMemoryContents } from './memory-contents.ts';

test('bytes are read across the parts that hold them, and no other part is asked for', async () => {
  const { contents, reads } = createMemoryContents({ a: '0123', b: '456', c: '789' });
  const parts = ['a', 'b', 'c'].map((objectKey, index) => ({ objectKey, bytes: index === 0 ? 4 : 3 }));
  const read = async (from?: number, to?: number) =>
    Buffer.concat(await Array.fromAsync(readFile(parts, contents, from, to))).toString();
  assert.equal(await read(), '0123456789');
  reads.length = 0;
  assert.equal(await read(2, 6), '2345');
  assert.deepEqual(reads, ['a 2-4', 'b 0-2']);
  assert.equal(await read(7, 99), '789');
  assert.equal(await read(4, 4), '');
});
