import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findText, PackedText, packText, placeText, TextRow } from '../../../adapters/stored-text.ts';
import { createMemoryPayloads } from '../../fakes/memory-payloads.ts';

const sentence = 'What people write about their orders: "größer", 测试, and so on. ';
const jsonOf = (prompt: string) => JSON.stringify({ prompt });

test('a text is read as it was written, from its row and from a stream’s record', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(200), (text, times) => {
      const json = jsonOf(text + sentence.repeat(times));
      const stored = packText(json);
      const inRecord = typeof stored === 'string' ? stored : Buffer.from(stored).toString('base64');
      assert.deepEqual([PackedText.parse(stored), PackedText.parse(inRecord)], [json, json]);
    }),
  );
});

test('from 1 KB on a text is compressed, unless that makes it longer', () => {
  const bytes = (count: number) => jsonOf('x'.repeat(count - jsonOf('').length));
  assert.equal(typeof packText(bytes(1_023)), 'string');
  assert.ok(packText(bytes(1_024)) instanceof Uint8Array);
  const random = Buffer.from(crypto.getRandomValues(new Uint8Array(1_500))).toString('base64');
  assert.ok(packText(jsonOf(random)).length < random.length, 'what is written in 64 letters has room left');
  const dense = String.fromCodePoint(
    ...Array.from({ length: 600 }, (_, index) => 0x4e00 + ((index * 7_919) % 20_000)),
  );
  const stored = packText(dense);
  assert.ok(Buffer.byteLength(stored) <= Buffer.byteLength(dense));
});

test('bytes that are no text are refused', () => {
  for (const stored of [Uint8Array.of(1, 2, 3), 'KLUv/notreally', 7, null])
    assert.equal(PackedText.safeParse(stored).success, false, String(stored));
});

test('a text lies in its row up to 24 KB as it is stored, and in the bucket above', async () => {
  const { objects, payloads } = createMemoryPayloads();
  const place = async (text: string) => {
    const row = await placeText(payloads, 'key', text);
    assert.equal(await findText(payloads, TextRow.parse(row)), text);
    return row.object_key === undefined ? 'row' : 'bucket';
  };
  const random = (count: number) =>
    Buffer.from(crypto.getRandomValues(new Uint8Array(count))).toString('hex');
  assert.equal(await place(jsonOf(sentence.repeat(2_000))), 'row');
  assert.equal(await place(jsonOf(random(20_000))), 'row', '40 KB, half of it when it is compressed');
  assert.equal(objects.size, 0);
  assert.equal(await place(jsonOf(random(30_000))), 'bucket');
  assert.equal(await place(jsonOf(sentence.repeat(10_000))), 'bucket', 'so long that it is not tried');
});
