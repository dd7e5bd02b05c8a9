import assert from 'node:assert/strict';
import test from 'node:test';
import type { ChatDelta } from '../../../core/attempts/chat.ts';
import { setUpStream } from './set-up-stream.ts';
import { answer, completion } from './start-provider.ts';
import { chunk, done, recordedText, recordedToolCalls, stream } from './stream-answers.ts';

for (const [dialect, events] of Object.entries(recordedText))
  test(`a text as ${dialect} streams it comes in one form, with its usage`, async (t) => {
    const { complete, pieces, seen } = await setUpStream(t, stream(...events));
    const reply = await complete();
    assert.equal(reply.content, 'Hello');
    assert.equal(reply.finishReason, 'stop');
    assert.deepEqual(reply.usage, { promptTokens: 9, completionTokens: 2, cachedPromptTokens: 4 });
    assert.equal(reply.choices, undefined);
    assert.equal(pieces.map(({ delta }) => delta.content ?? '').join(''), 'Hello');
    assert.deepEqual(
      pieces.map(({ delta }) => delta.role),
      ['assistant', ...Array(pieces.length - 1).fill(undefined)],
    );
    assert.deepEqual(
      pieces.map(({ finish_reason }) => finish_reason),
      [...Array(pieces.length - 1).fill(null), 'stop'],
    );
    assert.equal(seen[0]?.body.stream, true);
    assert.deepEqual(seen[0]?.body.stream_options, { include_usage: true });
  });

for (const [dialect, events] of Object.entries(recordedToolCalls))
  test(`tool calls as ${dialect} streams them are counted from 0 and named once`, async (t) => {
    const { complete, pieces } = await setUpStream(t, stream(...events));
    const reply = await complete({ parameters: { tools: [] } });
    assert.deepEqual(reply.choices?.[0]?.message, {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'call_a', type: 'function', function: { name: 'look', arguments: '{"a":1}' } },
        { id: 'call_b', type: 'function', function: { name: 'find', arguments: '{"b":2}' } },
      ],
    });
    assert.deepEqual([reply.finishReason, reply.model], ['tool_calls', 'm-2026']);
    const calls = pieces.flatMap(({ delta }) => delta.tool_calls ?? []);
    assert.deepEqual(
      calls
        .filter((call) => 'id' in call || call.function?.name !== undefined)
        .map(({ index, id }) => [index, id]),
      [
        [0, 'call_a'],
        [1, 'call_b'],
      ],
    );
    assert.equal(pieces.at(-1)?.finish_reason, 'tool_calls');
    assert.equal(pieces.filter(({ delta }) => delta.role).length, 1);
  });

test('a call of a tool without an id gets one, and keeps it', async (t) => {
  const piece = (text: string) =>
    chunk({ tool_calls: [{ index: 0, function: { name: 'f', arguments: text } }] });
  const { complete } = await setUpStream(t, stream(piece('{'), piece('}'), chunk({}, 'stop'), done));
  const { choices } = await complete({ parameters: {} });
  const calls = choices?.[0]?.message.tool_calls ?? [];
  const [call, ...others] = calls as { id: string; function: object }[];
  assert.match(call?.id ?? '', /^call_/);
  assert.deepEqual(call?.function, { name: 'f', arguments: '{}' });
  assert.equal(others.length, 0);
});

test('calls without what tells them apart elsewhere are told apart by the rest', async (t) => {
  const piece = (index: number | undefined, id: string | undefined, name: string, text: string) =>
    chunk({ tool_calls: [{ index, id, function: { name, arguments: text } }] });
  const argumentsOf = async (...pieces: object[]) => {
    const { complete } = await setUpStream(t, stream(...pieces, chunk({}, 'stop'), done));
    const { choices } = await complete({ parameters: {} });
    const calls = (choices?.[0]?.message.tool_calls ?? []) as { function: { arguments: string } }[];
    return calls.map((call) => call.function.arguments);
  };
  const both = ['{"a":1}', '{"b":2}'];
  assert.deepEqual(
    await argumentsOf(piece(0, 'a', 'look', '{"a":1}'), piece(0, 'b', 'look', '{"b":2}')),
    both,
    'by id',
  );
  assert.deepEqual(
    await argumentsOf(piece(0, undefined, 'look', '{"a":1}'), piece(0, undefined, 'find', '{"b":2}')),
    both,
    'by name',
  );
  const whole = (text: string) => piece(undefined, undefined, 'look', text);
  assert.deepEqual(await argumentsOf(whole('{"a":1}'), whole('{"b":2}')), both, 'one a piece');
});

test('usage that is told before the end, and ids that are told again, stay as they are', async (t) => {
  const usage = { prompt_tokens: 9, completion_tokens: 2 };
  const { complete } = await setUpStream(
    t,
    stream(
      chunk({ audio: { id: 'audio_1', data: 'AA' } }, null, { usage }),
      chunk({ audio: { id: 'audio_1', data: 'BB' } }, null, { usage: null }),
      chunk({}, 'stop'),
      done,
    ),
  );
  const reply = await complete({ parameters: {} });
  assert.deepEqual(reply.usage, { promptTokens: 9, completionTokens: 2 });
  assert.deepEqual(reply.choices?.[0]?.message.audio, { id: 'audio_1', data: 'AABB' });
});

test('several choices, thoughts, refusals and probabilities are put together whole', async (t) => {
  const piece = (index: number, delta: object, more: object = {}) => ({
    model: 'm',
    choices: [{ index, delta, finish_reason: null, ...more }],
  });
  const { complete } = await setUpStream(
    t,
    stream(
      piece(1, { role: 'assistant', content: 'B' }),
      piece(0, { role: 'assistant', reasoning_content: 'I ' }, { logprobs: { content: [{ token: 'a' }] } }),
      piece(0, { reasoning_content: 'think' }),
      piece(0, { content: 'A', reasoning_content: null }, { logprobs: { content: [{ token: 'b' }] } }),
      piece(1, { refusal: 'no' }),
      piece(1, {}, { finish_reason: 'length' }),
      piece(0, {}, { finish_reason: 'stop' }),
      done,
    ),
  );
  const { choices, content } = await complete({ parameters: { n: 2 } });
  assert.equal(content, 'A');
  assert.deepEqual(choices, [
    {
      index: 0,
      message: { role: 'assistant', content: 'A', reasoning_content: 'I think' },
      finish_reason: 'stop',
      logprobs: { content: [{ token: 'a' }, { token: 'b' }] },
    },
    {
      index: 1,
      message: { role: 'assistant', content: 'B', refusal: 'no' },
      finish_reason: 'length',
    },
  ]);
});

test('an answer that tells no usage is not free', async (t) => {
  const { complete } = await setUpStream(
    t,
    stream(chunk({ content: 'Hello there' }), chunk({}, 'stop'), done),
  );
  const { usage } = await complete();
  assert.ok(usage.promptTokens > 0 && usage.completionTokens > 0, JSON.stringify(usage));
});

test('a provider that answers in one piece is read all the same', async (t) => {
  const calls = [{ id: 'call_a', type: 'function', function: { name: 'f', arguments: '{}' } }];
  const message = { role: 'assistant', content: 'whole', tool_calls: calls };
  const { complete, pieces } = await setUpStream(t, answer(completion(null, {}, { message })));
  const reply = await complete();
  assert.deepEqual([reply.content, reply.finishReason, reply.choices], ['whole', 'tool_calls', undefined]);
  assert.deepEqual(
    pieces.map(({ delta, finish_reason }) => [delta.content, delta.tool_calls?.[0]?.index, finish_reason]),
    [
      ['whole', 0, null],
      [undefined, undefined, 'tool_calls'],
    ],
  );
});

test('the headers of rate limits come before the answer, and with it', async (t) => {
  const { complete } = await setUpStream(t, (response, request) => {
    response.setHeader('x-ratelimit-remaining-requests', '7');
    stream(chunk({ content: 'a' }, 'stop'), done)(response, request);
  });
  const told: unknown[] = [];
  const onDelta = ({ choices, rateLimits }: ChatDelta) => void told.push(rateLimits ?? choices.length);
  const limits = { 'x-ratelimit-remaining-requests': '7' };
  assert.deepEqual((await complete({ onDelta })).rateLimits, limits);
  assert.deepEqual(told.slice(0, 2), [limits, 1]);
});
