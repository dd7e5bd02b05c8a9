import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { createLanguageModel } from '../../../adapters/language-models.ts';
import { findProvider } from '../../../config/providers.ts';
import type { ChatDelta, ChoiceDelta } from '../../../core/attempts/chat.ts';
import type { ChatRequest } from '../../../core/attempts/language-model.ts';
import { ProviderFailure } from '../../../core/attempts/provider-failure.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import { answer, type Behaviour, completion, startProvider } from './start-provider.ts';
import { chunk, data, done, recordedText, recordedToolCalls, stream } from './stream-answers.ts';

async function setUp(t: TestContext, behave: Behaviour, row: Partial<Provider> = {}, name = 'deepseek') {
  const server = await startProvider(t, behave);
  const provider = { ...(findProvider(name) as Provider), ...row };
  const model = createLanguageModel({
    provider,
    baseUrl: server.baseUrl,
    readKey: async () => 'sk-test',
    now: Date.now,
    random: Math.random,
  });
  const pieces: ChoiceDelta[] = [];
  const complete = (request: Partial<ChatRequest> = {}) =>
    model.complete({
      model: provider.defaultModel,
      messages: [{ role: 'user', content: 'hello' }],
      signal: new AbortController().signal,
      onDelta: ({ choices }: ChatDelta) => void pieces.push(...structuredClone(choices)),
      ...request,
    });
  return { ...server, complete, pieces };
}

async function failureOf(call: Promise<unknown>): Promise<ProviderFailure> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ProviderFailure, String(error));
  return error;
}

for (const [dialect, events] of Object.entries(recordedText))
  test(`a text as ${dialect} streams it comes in one form, with its usage`, async (t) => {
    const { complete, pieces, seen } = await setUp(t, stream(...events));
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
    const { complete, pieces } = await setUp(t, stream(...events));
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
  const { complete } = await setUp(t, stream(piece('{'), piece('}'), chunk({}, 'stop'), done));
  const { choices } = await complete({ parameters: {} });
  const calls = choices?.[0]?.message.tool_calls ?? [];
  const [call, ...others] = calls as { id: string; function: object }[];
  assert.match(call?.id ?? '', /^call_/);
  assert.deepEqual(call?.function, { name: 'f', arguments: '{}' });
  assert.equal(others.length, 0);
});

test('several choices, thoughts, refusals and probabilities are put together whole', async (t) => {
  const piece = (index: number, delta: object, more: object = {}) => ({
    model: 'm',
    choices: [{ index, delta, finish_reason: null, ...more }],
  });
  const { complete } = await setUp(
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
  const { complete } = await setUp(t, stream(chunk({ content: 'Hello there' }), chunk({}, 'stop'), done));
  const { usage } = await complete();
  assert.ok(usage.promptTokens > 0 && usage.completionTokens > 0, JSON.stringify(usage));
});

test('an error in the stream means what it means elsewhere, and what came is paid', async (t) => {
  const kindOf = async (name: string, ...events: (object | string)[]) => {
    const { complete } = await setUp(t, stream(chunk({ content: 'par' }), ...events, done), {}, name);
    const failure = await failureOf(complete());
    assert.ok((failure.usage?.completionTokens ?? 0) > 0);
    return failure.kind;
  };
  assert.equal(
    await kindOf('openai', { error: { message: 'x', code: 'content_filter' } }),
    'content_filtered',
  );
  assert.equal(
    await kindOf('qwen', { error: { message: 'x', code: 'Throttling.RateQuota' } }),
    'rate_limited',
  );
  assert.equal(
    await kindOf('openai', 'event: error\ndata: {"type":"overloaded_error","message":"x"}\n\n'),
    'overloaded',
  );
  assert.equal(await kindOf('openai', 'event: error\ndata: it is over\n\n'), 'outage');
  assert.equal(await kindOf('openai', { error: { message: 'x', code: 429 }, choices: [] }), 'rate_limited');
  assert.equal(await kindOf('openai', { error: { message: 'x', type: 'invalid_request_error' } }), 'refused');
  assert.equal(await kindOf('openai', chunk({ content: '' }, 'error')), 'outage');
});

test('a stream that ends before its answer is whole is an outage that says so', async (t) => {
  const cuts: Behaviour[] = [
    stream(chunk({ content: 'Once upon' })),
    stream(chunk({ content: 'Once upon' }), done),
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(data(chunk({ content: 'Once upon' })), () => setTimeout(() => response.destroy(), 20));
    },
  ];
  for (const behave of cuts) {
    const { complete, pieces } = await setUp(t, behave);
    const failure = await failureOf(complete());
    assert.deepEqual([failure.kind, pieces.length], ['outage', 1]);
    assert.match(failure.message, /deepseek broke off its answer/);
    assert.ok((failure.usage?.promptTokens ?? 0) > 0 && (failure.usage?.completionTokens ?? 0) > 0);
  }
});

test('one choice of two that does not end makes the stream a cut one', async (t) => {
  const other = { choices: [{ index: 1, delta: { content: 'b' }, finish_reason: null }] };
  const { complete } = await setUp(t, stream(chunk({ content: 'a' }), other, chunk({}, 'stop'), done));
  assert.match((await failureOf(complete({ parameters: { n: 2 } }))).message, /broke off/);
});

test('chunks that no schema knows are an outage, and never an error of the language', async (t) => {
  for (const wrong of [
    'data: {"choices":[{"del\n\n',
    'data: null\n\n',
    chunk({ content: 5 }),
    { choices: 'none' },
    { choices: [{ index: -1, delta: {} }] },
    chunk({ tool_calls: [null] }),
  ]) {
    const { complete } = await setUp(t, stream(chunk({ content: 'a' }), wrong, chunk({}, 'stop'), done));
    const failure = await failureOf(complete());
    assert.equal(failure.kind, 'outage', JSON.stringify(wrong));
    assert.match(failure.message, /chunk that cannot be read/);
  }
});

test('a stream of nothing is no answer', async (t) => {
  for (const events of [[], [done], [': hello\n\n', done]]) {
    const { complete } = await setUp(t, stream(...events));
    const failure = await failureOf(complete());
    assert.deepEqual([failure.kind, failure.usage], ['outage', undefined]);
  }
});

test('silence ends the call, before the headers and between chunks, whatever heartbeats come', async (t) => {
  const behaviours: Behaviour[] = [
    () => {},
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(data(chunk({ content: 'Hel' })));
      const timer = setInterval(() => response.write(': beat\n\nevent: ping\ndata: {"type":"ping"}\n\n'), 20);
      response.on('close', () => clearInterval(timer));
    },
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(' ');
    },
  ];
  for (const behave of behaviours) {
    const { complete } = await setUp(t, behave, { callTimeoutMs: 150 });
    const startedAt = Date.now();
    const failure = await failureOf(complete());
    assert.match(failure.message, /deepseek said nothing for 0.15 s/);
    assert.ok(Date.now() - startedAt < 2_000);
  }
});

test('an answer longer than the time of silence is read to its end', async (t) => {
  const { complete } = await setUp(
    t,
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      let sent = 0;
      const timer = setInterval(() => {
        sent += 1;
        if (sent <= 8) response.write(data(chunk({ content: 'x' })));
        else response.end(data(chunk({}, 'stop')));
        if (sent > 8) clearInterval(timer);
      }, 50);
    },
    { callTimeoutMs: 300 },
  );
  assert.equal((await complete()).content, 'xxxxxxxx');
});

test('an answer that is whole counts though its connection is never closed, or is reset', async (t) => {
  for (const end of ['hang', 'reset'] as const) {
    const { complete } = await setUp(
      t,
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(data(chunk({ content: 'all' }, 'stop')));
        if (end === 'reset') setTimeout(() => response.socket?.resetAndDestroy(), 30);
      },
      { callTimeoutMs: 150 },
    );
    assert.equal((await complete()).content, 'all');
  }
});

test('an abort closes the connection at once and rejects with its reason', async (t) => {
  const closed = Promise.withResolvers<number>();
  const abort = new AbortController();
  const { complete } = await setUp(t, (response) => {
    response.on('close', () => closed.resolve(performance.now()));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(data(chunk({ content: 'Hel' })));
  });
  let abortedAt = 0;
  const onDelta = () => {
    abortedAt = performance.now();
    abort.abort(new Error('cancelled by the caller'));
  };
  await assert.rejects(complete({ signal: abort.signal, onDelta }), /cancelled by the caller/);
  assert.ok((await closed.promise) - abortedAt < 200);
});

test('a provider that answers in one piece is read all the same', async (t) => {
  const calls = [{ id: 'call_a', type: 'function', function: { name: 'f', arguments: '{}' } }];
  const message = { role: 'assistant', content: 'whole', tool_calls: calls };
  const { complete, pieces } = await setUp(t, answer(completion(null, {}, { message })));
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

test('a refusal of the request is what it is without a stream', async (t) => {
  const body = { error: { message: 'slow down', code: 'rate_limit_exceeded' } };
  const { complete } = await setUp(t, answer(body, 429, { 'retry-after': '2' }), {}, 'openai');
  const failure = await failureOf(complete());
  assert.deepEqual([failure.kind, failure.retryAfter, failure.usage], ['rate_limited', 2_000, undefined]);
  const page = await setUp(t, answer('<html>', 200, { 'content-type': 'text/html' }));
  assert.match((await failureOf(page.complete())).message, /without a completion/);
});

test('a filtered answer ends a task, and is told as it is to a chat of the caller', async (t) => {
  const events = [chunk({ content: 'par' }), chunk({}, 'content_filter'), done];
  const task = await setUp(t, stream(...events));
  const failure = await failureOf(task.complete());
  assert.equal(failure.kind, 'content_filtered');
  assert.ok(failure.usage);
  const chat = await setUp(t, stream(...events));
  assert.equal((await chat.complete({ parameters: {} })).finishReason, 'content_filter');
});

test('the headers of rate limits come with the answer', async (t) => {
  const { complete } = await setUp(t, (response, request) => {
    response.setHeader('x-ratelimit-remaining-requests', '7');
    stream(chunk({ content: 'a' }, 'stop'), done)(response, request);
  });
  assert.deepEqual((await complete()).rateLimits, { 'x-ratelimit-remaining-requests': '7' });
});
