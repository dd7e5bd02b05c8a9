import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '../../../client/create-client.ts';
import { LlmServiceError } from '../../../client/service-error.ts';
import { answerJson, startServer } from './start-server.ts';

const request = { type: 'custom', prompt: 'Say yes' };

test('a task is handed in with its token and a key of its own, and once more where the answer is lost', async (t) => {
  let seen = 0;
  const { url, requests } = await startServer(t, (_, response) => {
    seen += 1;
    if (seen === 1) response.destroy();
    else answerJson(response, 202, { task_id: 'task_1', status: 'queued' });
  });
  const client = createClient({ baseUrl: `${url}/`, token: 'secret' });
  assert.deepEqual(await client.submit(request), { task_id: 'task_1', status: 'queued' });
  const [first, second] = requests;
  assert.equal(first?.headers.authorization, 'Bearer secret');
  assert.deepEqual(JSON.parse(first?.body ?? ''), request);
  assert.match(String(first?.headers['idempotency-key']), /^[0-9a-f]{32}$/);
  assert.equal(second?.headers['idempotency-key'], first?.headers['idempotency-key']);
  await client.submit(request);
  assert.notEqual(requests[2]?.headers['idempotency-key'], first?.headers['idempotency-key']);
});

test('without a key a task is handed in once, and what is lost is an error', async (t) => {
  const { url, requests } = await startServer(t, (_, response) => response.destroy());
  const client = createClient({ baseUrl: url });
  for (const send of [
    () => client.submit(request, { idempotencyKey: null }),
    () => client.submitBatch({ tasks: [request] }, { idempotencyKey: null }),
    () => client.sync(request, { idempotencyKey: null }),
  ])
    await assert.rejects(send(), { code: 'unreachable' });
  assert.deepEqual(
    requests.map(({ headers }) => headers['idempotency-key']),
    [undefined, undefined, undefined],
  );
});

test('an answer that breaks off in the middle is asked for again', async (t) => {
  let seen = 0;
  const { url } = await startServer(t, (_, response) => {
    seen += 1;
    if (seen > 1) return answerJson(response, 200, { status: 'ok', version: '1', uptime_seconds: 1 });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"status":');
    setTimeout(() => response.destroy(), 20);
  });
  assert.equal((await createClient({ baseUrl: url }).health()).version, '1');
});

test('what is refused is an error with status, code, request id, fields at fault and when to come back', async (t) => {
  const problem = {
    type: 'about:blank',
    title: 'Too Many Requests',
    status: 429,
    code: 'queue_full',
    detail: 'Too many tasks wait',
    request_id: 'r-1',
    errors: [{ pointer: '/type', detail: 'is not known' }],
  };
  const { url } = await startServer(t, (_, response) =>
    answerJson(response, 429, problem, { 'retry-after': '7' }),
  );
  await assert.rejects(createClient({ baseUrl: url, maxRetries: 0 }).submit(request), (error) => {
    assert.ok(error instanceof LlmServiceError);
    const { status, code, requestId, retryAfter, faults, message } = error;
    assert.deepEqual(
      { status, code, requestId, retryAfter, faults, message },
      {
        status: 429,
        code: 'queue_full',
        requestId: 'r-1',
        retryAfter: 7,
        faults: problem.errors,
        message: 'Too many tasks wait',
      },
    );
    return true;
  });
});

test('a queue that is full is tried again when it says, and a fault of the caller is not', async (t) => {
  const answers = [
    [429, { code: 'queue_full', detail: 'full' }],
    [503, { message: 'Service Unavailable' }],
    [202, { task_id: 'task_1', status: 'queued' }],
    [400, { code: 'invalid_request', detail: '/type: is not known' }],
  ] as const;
  const { url, requests } = await startServer(t, (_, response) => {
    const [status, body] = answers[requests.length - 1] ?? [500, {}];
    answerJson(response, status, body, status < 500 && status !== 429 ? {} : { 'retry-after': '0' });
  });
  const client = createClient({ baseUrl: url });
  assert.equal((await client.submit(request)).task_id, 'task_1');
  await assert.rejects(client.submit(request), { code: 'invalid_request', status: 400 });
  assert.equal(requests.length, 4);
});

test('a longer wait than a minute is told rather than slept through', async (t) => {
  const { url, requests } = await startServer(t, (_, response) =>
    answerJson(response, 503, { code: 'no_provider_available', detail: 'none' }, { 'retry-after': '3600' }),
  );
  await assert.rejects(createClient({ baseUrl: url }).submit(request), { retryAfter: 3600 });
  assert.equal(requests.length, 1);
});

test('a cancellation whose answer was lost is not repeated: it would be refused as one that came too late', async (t) => {
  const { url, requests } = await startServer(t, (_, response) => response.destroy());
  await assert.rejects(createClient({ baseUrl: url }).cancel('task_1'), { status: 0, code: 'unreachable' });
  assert.equal(requests.length, 1);
});

test('an answer of something else than the service is named as that', async (t) => {
  const { url } = await startServer(t, (_, response) => response.end('<html>'));
  await assert.rejects(createClient({ baseUrl: url }).stats(), { code: 'no_answer', message: /is no JSON/ });
  const gateway = await startServer(t, (_, response) =>
    answerJson(response, 401, { message: 'Unauthorized' }),
  );
  await assert.rejects(createClient({ baseUrl: gateway.url }).stats(), {
    code: 'unauthenticated',
    message: 'Unauthorized',
  });
});

test('a service that is not there, or does not answer, is an error of its own', async (t) => {
  const { url } = await startServer(t, () => {});
  await assert.rejects(createClient({ baseUrl: url, timeoutMs: 50, maxRetries: 1 }).stats(), {
    code: 'no_answer',
  });
  const gone = createClient({ baseUrl: 'http://127.0.0.1:1', maxRetries: 0 });
  await assert.rejects(gone.stats(), { code: 'unreachable', status: 0, message: /ECONNREFUSED|bad port/ });
});

test('a call that is aborted ends with the reason of its signal', async (t) => {
  const { url } = await startServer(t, () => {});
  const reason = new Error('enough');
  const stop = new AbortController();
  setTimeout(() => stop.abort(reason), 30);
  await assert.rejects(createClient({ baseUrl: url }).stats({ signal: stop.signal }), reason);
});

test('a listing is read page by page, with its filters', async (t) => {
  const { url, requests } = await startServer(t, ({ path }, response) =>
    answerJson(
      response,
      200,
      path.includes('cursor')
        ? { tasks: [{ task_id: 'c' }], next_cursor: null }
        : { tasks: [{ task_id: 'a' }, { task_id: 'b' }], next_cursor: 'a/b=' },
    ),
  );
  const found = await Array.fromAsync(createClient({ baseUrl: url }).listAll({ status: 'failed' }));
  assert.deepEqual(
    found.map(({ task_id }) => task_id),
    ['a', 'b', 'c'],
  );
  assert.deepEqual(
    requests.map(({ path }) => path),
    ['/api/v1/tasks?limit=100&status=failed', '/api/v1/tasks?limit=100&status=failed&cursor=a%2Fb%3D'],
  );
});

test('a service that is not ready says so by its answer, not by an error', async (t) => {
  const { url } = await startServer(t, (_, response) =>
    answerJson(response, 503, { status: 'not_ready', checks: { table: 'failed' } }),
  );
  assert.equal((await createClient({ baseUrl: url }).ready()).status, 'not_ready');
});
