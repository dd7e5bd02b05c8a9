import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
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

test('a text is compressed where that saves a unit of its row, unless it becomes longer', () => {
  const bytes = (count: number) => jsonOf('x'.repeat(count - jsonOf('').length));
  // The mark is counted too.
  const most = 1_024 - 3;
  for (const beside of [0, 100, 750]) {
    assert.equal(typeof packText(bytes(most - beside), beside), 'string');
    assert.ok(packText(bytes(most - beside + 1), beside) instanceof Uint8Array);
  }
  const dense = String.fromCodePoint(
    ...Array.from({ length: 600 }, (_, index) => 0x4e00 + ((index * 7_919) % 20_000)),
  );
  const random = Buffer.from(crypto.getRandomValues(new Uint8Array(9_000))).toString('latin1');
  for (const text of [dense, jsonOf(random)])
    assert.ok(Buffer.byteLength(packText(text)) <= Buffer.byteLength(text));
});

test('of a short text more is tried where that saves a unit, and only there', () => {
  const words = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const lengthsOf = (length: number) =>
    Array.from({ length: 64 }, (_, step) => packText(words.slice(0, length), step * 16).length);
  for (const length of [2_000, 4_000]) {
    const lengths = lengthsOf(length);
    const [hard = 0, quick = 0, ...others] = [...new Set(lengths)].toSorted((one, other) => one - other);
    assert.deepEqual(others, []);
    assert.ok(hard < quick);
    // An eighth less is hoped for.
    const units = (packed: number, step: number) => Math.ceil((packed + step * 16) / 1_024);
    for (const [step, packed] of lengths.entries())
      assert.equal(packed === hard, units(quick * 0.88, step) < units(quick, step), `beside ${step * 16}`);
  }
  assert.equal(new Set(lengthsOf(6_000)).size, 1);
});

test('bytes that are no text are refused', () => {
  for (const stored of [Uint8Array.of(1, 2, 3), 'BR1/notreally', Buffer.from('BR1/', 'base64'), 7, null])
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
