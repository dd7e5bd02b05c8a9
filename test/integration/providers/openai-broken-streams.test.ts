import assert from 'node:assert/strict';
import test from 'node:test';
import { failureOf, setUpStream } from './set-up-stream.ts';
import { answer, type Behaviour } from './start-provider.ts';
import { chunk, data, done, stream } from './stream-answers.ts';

test('an error in the stream means what it means elsewhere, and what came is paid', async (t) => {
  const kindOf = async (name: string, ...events: (object | string)[]) => {
    const { complete } = await setUpStream(t, stream(chunk({ content: 'par' }), ...events, done), {}, name);
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

test('an error in the place of a chunk is one, as vLLM and servers of FastAPI send it', async (t) => {
  for (const [wrong, kind, words] of [
    [
      { object: 'error', message: 'n is odd', type: 'BadRequestError', param: null, code: 400 },
      'refused',
      /n is odd/,
    ],
    [{ detail: 'the engine died' }, 'outage', /the engine died/],
  ] as const) {
    const { complete } = await setUpStream(
      t,
      stream(chunk({ content: 'a' }), wrong, chunk({}, 'stop'), done),
    );
    const failure = await failureOf(complete());
    assert.equal(failure.kind, kind);
    assert.match(failure.message, words);
  }
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
    const { complete, pieces } = await setUpStream(t, behave);
    const failure = await failureOf(complete());
    assert.deepEqual([failure.kind, pieces.length], ['outage', 1]);
    assert.match(failure.message, /deepseek broke off its answer/);
    assert.ok((failure.usage?.promptTokens ?? 0) > 0 && (failure.usage?.completionTokens ?? 0) > 0);
  }
});

test('one choice of two that does not end makes the stream a cut one', async (t) => {
  const other = { choices: [{ index: 1, delta: { content: 'b' }, finish_reason: null }] };
  const { complete } = await setUpStream(t, stream(chunk({ content: 'a' }), other, chunk({}, 'stop'), done));
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
    const { complete } = await setUpStream(
      t,
      stream(chunk({ content: 'a' }), wrong, chunk({}, 'stop'), done),
    );
    const failure = await failureOf(complete());
    assert.equal(failure.kind, 'outage', JSON.stringify(wrong));
    assert.match(failure.message, /chunk that cannot be read/);
  }
});

test('a stream of nothing is no answer', async (t) => {
  for (const events of [[], [done], [': hello\n\n', done]]) {
    const { complete } = await setUpStream(t, stream(...events));
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
    const { complete } = await setUpStream(t, behave, { callTimeoutMs: 150 });
    const startedAt = Date.now();
    const failure = await failureOf(complete());
    assert.match(failure.message, /deepseek said nothing for 0.15 s/);
    assert.ok(Date.now() - startedAt < 2_000);
  }
});

test('an answer longer than the time of silence is read to its end', async (t) => {
  const { complete } = await setUpStream(
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
    const { complete } = await setUpStream(
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
  const { complete } = await setUpStream(t, (response) => {
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

test('a refusal of the request is what it is without a stream', async (t) => {
  const body = { error: { message: 'slow down', code: 'rate_limit_exceeded' } };
  const { complete } = await setUpStream(t, answer(body, 429, { 'retry-after': '2' }), {}, 'openai');
  const failure = await failureOf(complete());
  assert.deepEqual([failure.kind, failure.retryAfter, failure.usage], ['rate_limited', 2_000, undefined]);
  const page = await setUpStream(t, answer('<html>', 200, { 'content-type': 'text/html' }));
  assert.match((await failureOf(page.complete())).message, /with a web page/);
});

test('a filtered answer ends a task, and is told as it is to a chat of the caller', async (t) => {
  const events = [chunk({ content: 'par' }), chunk({}, 'content_filter'), done];
  const task = await setUpStream(t, stream(...events));
  const failure = await failureOf(task.complete());
  assert.equal(failure.kind, 'content_filtered');
  assert.ok(failure.usage);
  const chat = await setUpStream(t, stream(...events));
  assert.equal((await chat.complete({ parameters: {} })).finishReason, 'content_filter');
});
