import assert from 'node:assert/strict';
import test from 'node:test';
import { createSimulatedLanguageModel } from '../../../adapters/simulated-language-model.ts';
import { readSimulationOptions } from '../../../adapters/simulation-options.ts';
import type { ChatChoice, ChatDelta, ChoiceDelta } from '../../../core/attempts/chat.ts';
import type { ChatRequest } from '../../../core/attempts/language-model.ts';
import { ProviderFailure } from '../../../core/attempts/provider-failure.ts';

const complete = (query: string, more: Partial<ChatRequest> = {}) =>
  createSimulatedLanguageModel(readSimulationOptions(`simulated://default?${query}`), Math.random).complete({
    model: 'simulated',
    messages: [{ role: 'user', content: 'hello' }],
    signal: new AbortController().signal,
    ...more,
  });

/** The pieces of a streamed answer, with the reply or the error that ended it. */
async function stream(query: string, more: Partial<ChatRequest> = {}) {
  const pieces: ChoiceDelta[] = [];
  const times: number[] = [];
  const startedAt = performance.now();
  const onDelta = ({ choices }: ChatDelta) => {
    pieces.push(...choices);
    times.push(performance.now() - startedAt);
  };
  const ending = await complete(query, { onDelta, ...more }).catch((error: unknown) => error);
  return { pieces, times, ending };
}

const text = (pieces: ChoiceDelta[], index = 0) =>
  pieces
    .filter((piece) => piece.index === index)
    .map(({ delta }) => delta.content ?? '')
    .join('');

interface Call {
  id: string;
  function: { name: string; arguments: string };
}

const callsOf = (choices: ChatChoice[] | undefined) => (choices?.[0]?.message.tool_calls ?? []) as Call[];

const weather = {
  type: 'function',
  function: {
    name: 'weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string', enum: ['Bern'] } },
      required: ['city'],
    },
  },
};
const clock = { type: 'function', function: { name: 'clock' } };

test('the pieces of a stream are together the answer without one, and small', async () => {
  const whole = await complete('latency_ms=0&seed=a');
  const { pieces, ending } = await stream('latency_ms=0&seed=a');
  assert.equal(text(pieces), whole.content);
  assert.deepEqual(ending, whole);
  assert.ok(pieces.length > 8);
  assert.ok(pieces.every(({ delta }) => (delta.content ?? '').length <= 20));
  assert.deepEqual([pieces[0]?.delta.role, pieces.at(-1)?.finish_reason], ['assistant', 'stop']);
});

test('a stream begins after its time to the first token, and goes on at its pace', async () => {
  const { times } = await stream('latency_ms=9000&first_token_ms=50&tokens_per_second=200&tokens=40');
  assert.ok((times[0] ?? 0) >= 45 && (times[0] ?? 0) < 1_000, `${times[0]}`);
  // 40 tokens at 200 a second.
  const writing = (times.at(-1) ?? 0) - (times[0] ?? 0);
  assert.ok(writing >= 180 && writing < 2_000, `${writing}`);
});

test('a share of the streams breaks off half way, and what was written is paid', async () => {
  const { pieces, ending } = await stream('latency_ms=0&break_rate=1');
  const whole = await complete('latency_ms=0&break_rate=1');
  assert.ok(ending instanceof ProviderFailure && ending.kind === 'outage');
  const { completionTokens = 0 } = ending.usage ?? {};
  assert.ok(completionTokens > 0 && completionTokens < whole.usage.completionTokens);
  assert.ok(text(pieces).length > 0 && text(pieces).length < whole.content.length);
  assert.ok(pieces.every(({ finish_reason }) => finish_reason === null));
});

test('streams fail as other calls do', async () => {
  const kindOf = async (query: string) =>
    ((await stream(`latency_ms=0&${query}`)).ending as ProviderFailure).kind;
  assert.equal(await kindOf('error_rate=1'), 'outage');
  assert.equal(await kindOf('rate_limit_rate=1'), 'rate_limited');
  const signal = AbortSignal.timeout(30);
  await assert.rejects(complete('hang_rate=1', { onDelta: () => {}, signal }), /timeout/);
});

test('an abort ends a stream between two pieces', async () => {
  const abort = new AbortController();
  const onDelta = () => abort.abort(new Error('enough'));
  await assert.rejects(complete('latency_ms=0', { onDelta, signal: abort.signal }), /enough/);
});

test('a tool is called with arguments of its schema, and its answer is answered by text', async () => {
  const parameters = { tools: [weather, clock] };
  const { choices, finishReason, content } = await complete('latency_ms=0', { parameters });
  const [call] = callsOf(choices);
  assert.deepEqual(
    [call?.function, finishReason, content],
    [{ name: 'weather', arguments: '{"city":"Bern"}' }, 'tool_calls', ''],
  );
  const messages = [
    { role: 'user', content: 'hello' },
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: call?.id, content: 'rain' },
  ];
  const after = await complete('latency_ms=0', { parameters, messages });
  assert.deepEqual([after.finishReason, after.choices?.[0]?.message.tool_calls], ['stop', undefined]);
  assert.match(after.content, /Simulated answer/);
});

test('the choice of the tool is heeded', async () => {
  const called = async (tool_choice: unknown) => {
    const { choices } = await complete('latency_ms=0', {
      parameters: { tools: [weather, clock], tool_choice },
    });
    return callsOf(choices)[0]?.function.name;
  };
  assert.equal(await called({ type: 'function', function: { name: 'clock' } }), 'clock');
  assert.equal(await called('none'), undefined);
  assert.equal(await called('required'), 'weather');
});

test('a call of a tool is streamed in pieces that are together the call', async () => {
  const parameters = { tools: [weather] };
  const whole = await complete('latency_ms=0', { parameters });
  const { pieces } = await stream('latency_ms=0', { parameters });
  const calls = pieces.flatMap(({ delta }) => delta.tool_calls ?? []);
  const [call] = callsOf(whole.choices);
  assert.equal(calls[0]?.id, call?.id);
  assert.equal(calls.map((piece) => piece.function?.arguments ?? '').join(''), call?.function.arguments);
  assert.ok(calls.every(({ index }) => index === 0));
  assert.equal(pieces.at(-1)?.finish_reason, 'tool_calls');
});

test('n choices differ, are streamed by their index, and are all counted', async () => {
  const { choices, usage } = await complete('latency_ms=0', { parameters: { n: 3 } });
  assert.equal(new Set(choices?.map(({ message }) => message.content)).size, 3);
  assert.deepEqual(
    choices?.map(({ index }) => index),
    [0, 1, 2],
  );
  const one = await complete('latency_ms=0', { parameters: {} });
  assert.ok(usage.completionTokens > 2 * one.usage.completionTokens);
  const { pieces } = await stream('latency_ms=0', { parameters: { n: 3 } });
  for (const [index, choice] of (choices ?? []).entries())
    assert.equal(text(pieces, index), choice.message.content);
});

test('an answer stops before the first stop sequence', async () => {
  const stopped = async (stop: unknown) => (await complete('latency_ms=0', { parameters: { stop } })).content;
  assert.equal(await stopped('answer'), 'Simulated ');
  assert.equal(await stopped(['nowhere', ' of', 'answer']), 'Simulated ');
  assert.match(await stopped(''), /word/);
});

test('a chat may ask for JSON, by a schema or without one, and be cut', async () => {
  const schema = { type: 'object', properties: { n: { const: 5 } } };
  const ask = async (response_format: object, maxTokens?: number) =>
    complete('latency_ms=0', { parameters: { response_format, seed: 1 }, maxTokens });
  assert.deepEqual(
    JSON.parse((await ask({ type: 'json_schema', json_schema: { name: 'x', schema } })).content),
    {
      n: 5,
    },
  );
  assert.equal(typeof JSON.parse((await ask({ type: 'json_object' })).content), 'object');
  assert.equal((await ask({ type: 'json_object' }, 1)).finishReason, 'length');
});

test('parameters of another form count as absent', async () => {
  const parameters = {
    n: 'two',
    stop: 5,
    tools: [null, { type: 'custom' }],
    tool_choice: 7,
    response_format: 'json',
  };
  const { choices } = await complete('latency_ms=0', { parameters });
  assert.equal(choices?.length, 1);
  assert.match(choices?.[0]?.message.content ?? '', /Simulated answer/);
});
