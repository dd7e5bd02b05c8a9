import assert from 'node:assert/strict';
import test from 'node:test';
import { createSimulatedLanguageModel } from '../../../adapters/simulated-language-model.ts';
import { readSimulationOptions } from '../../../adapters/simulation-options.ts';
import { readJson } from '../../../core/json/read-json.ts';

const embed = (input: unknown, parameters: Record<string, unknown> = {}, query = 'latency_ms=0') =>
  createSimulatedLanguageModel(readSimulationOptions(`simulated://default?${query}`), Math.random).embed({
    model: 'simulated-embedding',
    input,
    parameters,
    signal: new AbortController().signal,
  });

const vectorsOf = ({ data }: { data: unknown[] }) =>
  (data as { embedding: number[] }[]).map(({ embedding }) => embedding);

test('each input has its vector of length 1, the same for the same text', async () => {
  const reply = await embed(['one', 'two', 'one']);
  const [first, second, third] = vectorsOf(reply);
  assert.deepEqual(first, third);
  assert.notDeepEqual(first, second);
  assert.equal(first?.length, 64);
  assert.ok(Math.abs(Math.hypot(...(first ?? [])) - 1) < 1e-9);
  assert.deepEqual(
    (reply.data as { object: string; index: number }[]).map(({ object, index }) => [object, index]),
    [
      ['embedding', 0],
      ['embedding', 1],
      ['embedding', 2],
    ],
  );
  assert.deepEqual(reply.usage, { promptTokens: 3, completionTokens: 0 });
});

test('a text, a list of token numbers, and lists of them are inputs', async () => {
  assert.equal(vectorsOf(await embed('one')).length, 1);
  const tokens = await embed([1, 2, 3]);
  assert.deepEqual([tokens.data.length, tokens.usage.promptTokens], [1, 3]);
  assert.equal(vectorsOf(await embed([[1, 2], [3]])).length, 2);
  assert.deepEqual(vectorsOf(await embed('one')), vectorsOf(await embed(['one'])));
});

test('base64 holds the same numbers as 32-bit floats', async () => {
  const [numbers] = vectorsOf(await embed('one', { dimensions: 5 }));
  const [{ embedding } = { embedding: '' }] = (
    await embed('one', { dimensions: 5, encoding_format: 'base64' })
  ).data as { embedding: string }[];
  const bytes = Buffer.from(embedding, 'base64');
  assert.equal(bytes.length, 20);
  assert.deepEqual(
    [0, 4, 8, 12, 16].map((at) => bytes.readFloatLE(at)),
    numbers?.map(Math.fround),
  );
});

test('vectors fail and wait as chats do', async () => {
  await assert.rejects(embed('one', {}, 'latency_ms=0&error_rate=1'), /outage/);
  const startedAt = performance.now();
  await embed('one', {}, 'latency_ms=60');
  assert.ok(performance.now() - startedAt >= 50);
});

test('inputs of any JSON have vectors, numbers of many digits and names of methods among them', async () => {
  const inputs = readJson('["text", 67867985265418848123, 1.0, {"toString":1}, null, [1]]') as unknown[];
  assert.equal(vectorsOf(await embed(inputs)).length, inputs.length);
});
