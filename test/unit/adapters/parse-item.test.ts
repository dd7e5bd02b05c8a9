import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { counter, jsonText, parseItem, parseNumbers } from '../../../adapters/parse-item.ts';

const Row = z.object({
  version: z.int(),
  status: z.enum(['queued', 'failed']),
  note: jsonText(z.object({ words: z.string() })).optional(),
  metadata: jsonText(z.record(z.string(), z.string())).optional(),
});
const parse = (item: unknown) => parseItem('The row of a test', Row, item);
const whole = { version: 1, status: 'queued' };

test('a row is read without the attributes that the schema does not know', () => {
  const item = { ...whole, note: '{"words":"yes","more":1}', of_a_newer_version: new Set([1]) };
  assert.deepEqual(parse(item), { ...whole, note: { words: 'yes' } });
});

test('the error names every attribute at fault', () => {
  assert.throws(() => parse({ version: 1.5 }), {
    name: 'TypeError',
    message: /^The row of a test cannot be read: version: .+; status: .+$/,
  });
  assert.throws(() => parse(undefined), /^TypeError: The row of a test cannot be read: /);
});

test('the error holds no value, neither of an attribute nor inside its JSON', () => {
  for (const item of [
    { ...whole, status: 'secret' },
    { ...whole, version: 'secret' },
    { ...whole, note: 'secret' },
    { ...whole, note: '{"words":["secret"]}' },
    { ...whole, metadata: '{"secret":["secret"]}' },
  ])
    assert.throws(
      () => parse(item),
      (error) => error instanceof TypeError && error.cause === undefined && !/secret/.test(String(error)),
    );
  assert.throws(() => parse({ ...whole, note: 'secret' }), /: note: is not JSON$/);
});

test('counters with a prefix are read as numbers, and one that is none takes no other with it', () => {
  const item = { pk: 'x', lat_50: 2, lat_inf: 1, lat_100: 'odd', latency: 'x' };
  assert.deepEqual(parseNumbers('lat_', item), { '50': 2, inf: 1 });
  assert.deepEqual([counter.parse(undefined), counter.parse('odd'), counter.parse(3)], [0, 0, 3]);
});
