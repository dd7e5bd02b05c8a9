import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readByteRange } from '../../../../core/files/byte-range.ts';

test('one range of bytes is read as RFC 9110 has it, and cut where the file ends', () => {
  assert.deepEqual(readByteRange('bytes=0-0', 10), { from: 0, to: 1 });
  assert.deepEqual(readByteRange('bytes=3-', 10), { from: 3, to: 10 });
  assert.deepEqual(readByteRange('bytes=3-99', 10), { from: 3, to: 10 });
  assert.deepEqual(readByteRange('bytes=-4', 10), { from: 6, to: 10 });
  assert.deepEqual(readByteRange('bytes=-99', 10), { from: 0, to: 10 });
});

test('a range that no byte is in is told apart from what is no range, or several', () => {
  for (const header of ['bytes=10-', 'bytes=99-100', 'bytes=-0'])
    assert.equal(readByteRange(header, 10), 'unsatisfiable', header);
  assert.equal(readByteRange(undefined, 10), 'whole');
  for (const header of ['', 'bytes=', 'bytes=-', 'bytes=5-3', 'bytes=0-1,3-4', 'lines=0-1'])
    assert.equal(readByteRange(header, 10), 'unreadable', header);
});
