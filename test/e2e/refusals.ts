import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { assertProblem, type Call, type Client, quickTask } from './client.ts';

export function testRefusals({ call, api }: Client, isOpen: boolean): void {
  const post = (options: Call) => call('POST', '/api/v1/tasks', options);
  const unknownTask = `/api/v1/tasks/task_${randomUUID()}`;

  describe('refusals', () => {
    test('malformed JSON', async () => {
      for (const raw of ['{', '', '{"type":"custom",}', 'prompt=x'])
        assertProblem(await post({ raw }), 400, 'invalid_request');
    });

    test('a body that is not an object', async () => {
      for (const body of [null, [], 'text', 7]) assertProblem(await post({ body }), 400, 'invalid_request');
    });

    test('data that nests too deep', async () => {
      const raw = `{"type":"custom","prompt":"x","data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
      assertProblem(await post({ raw }), 400, 'invalid_request');
    });

    test('an unknown field, by its pointer', async () => {
      assert.deepEqual(
        assertProblem(await post({ body: { ...quickTask, promt: 'x' } }), 400, 'invalid_request'),
        ['/promt'],
      );
      const config = { time_out: '5s' };
      assert.deepEqual(
        assertProblem(await post({ body: { ...quickTask, config } }), 400, 'invalid_request'),
        ['/config/time_out'],
      );
    });

    test('a wrong type of a field, by its pointer', async () => {
      for (const [pointer, fields] of [
        ['/type', { type: 'guesswork' }],
        ['/type', { type: 5 }],
        ['/prompt', { prompt: ['x'] }],
        ['/priority', { priority: 'urgent' }],
        ['/config', { config: 'fast' }],
        ['/config/timeout', { config: { timeout: 60 } }],
        ['/config/timeout', { config: { timeout: '0s' } }],
        ['/config/timeout', { config: { timeout: '400d' } }],
        ['/config/max_retries', { config: { max_retries: -1 } }],
        ['/config/provider', { config: { provider: 'nobody' } }],
        ['/config/model', { config: { model: 'no-such-model' } }],
        ['/config/strategy', { config: { strategy: 'luck' } }],
        ['/config/temperature', { config: { temperature: 3 } }],
        ['/metadata/n', { metadata: { n: 1 } }],
        ['/callback_url', { callback_url: 'file:///etc/passwd' }],
        ['/callback_url', { callback_url: 'https://169.254.169.254/latest' }],
        ['/callback_events/0', { callback_url: 'https://example.com/', callback_events: ['done'] }],
      ] as const) {
        const pointers = assertProblem(
          await post({ body: { ...quickTask, ...fields } }),
          400,
          'invalid_request',
        );
        assert.deepEqual(pointers, [pointer], JSON.stringify(fields));
      }
    });

    test('a custom task without a prompt', async () => {
      assert.deepEqual(assertProblem(await post({ body: { type: 'custom' } }), 400, 'invalid_request'), [
        '/prompt',
      ]);
    });

    test('a body over 5 MiB', async () => {
      const body = { type: 'text_summarization', data: 'x'.repeat(5 * 1024 * 1024) };
      assertProblem(await post({ body }), 413, 'payload_too_large');
    });

    test('an unknown task or batch', async () => {
      assertProblem(await call('GET', unknownTask), 404, 'not_found');
      assertProblem(await call('DELETE', unknownTask), 404, 'not_found');
      assertProblem(await call('PATCH', unknownTask, { body: { priority: 'high' } }), 404, 'not_found');
      assertProblem(await call('GET', `${unknownTask}/deliveries`), 404, 'not_found');
      assertProblem(await call('GET', `/api/v1/batches/batch_${randomUUID()}`), 404, 'not_found');
      assertProblem(await call('GET', '/api/v1/providers/nobody/status'), 404, 'not_found');
    });

    test('text that cannot be an id', async () => {
      for (const id of ['x', '%00', '..%2f..', 'task_%E2%9C%93', 'a'.repeat(3000)])
        assertProblem(await call('GET', `/api/v1/tasks/${id}`), 404, 'not_found');
    });

    test('an unknown route', async () => {
      for (const path of ['/index.html', '/api', '/api/v1/task', '/api/v1/tasks/a/b/c'])
        assertProblem(await call('GET', path), 404, 'not_found');
    });

    test('a wrong method, naming the right ones', async () => {
      for (const [method, path, allow] of [
        ['PUT', '/api/v1/tasks', 'GET, POST'],
        ['POST', unknownTask, 'DELETE, GET, PATCH'],
        ['DELETE', '/health', 'GET, HEAD'],
      ] as const) {
        const answer = await call(method, path);
        assertProblem(answer, 405, 'method_not_allowed');
        assert.equal(answer.headers.get('allow'), allow);
      }
    });

    test('a missing or wrong token', { skip: isOpen && 'the service is open' }, async () => {
      for (const options of [
        { token: null },
        { token: 'wrong' },
        { token: null, headers: { authorization: 'Basic eDp5' } },
      ]) {
        for (const path of [
          '/api/v1/tasks',
          unknownTask,
          '/api/v1/providers',
          '/api/v1/stats',
          '/api/v1/metrics',
        ]) {
          const answer = await call('GET', path, options);
          assertProblem(answer, 401, 'unauthenticated');
          assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
        }
      }
    });

    test('a wrong token, before the body is looked at', {
      skip: isOpen && 'the service is open',
    }, async () => {
      assertProblem(await post({ raw: '{', token: 'wrong' }), 401, 'unauthenticated');
    });

    test('an Idempotency-Key that came with another body', async () => {
      const idempotencyKey = randomUUID();
      await api.submit(quickTask, { idempotencyKey });
      const headers = { 'idempotency-key': idempotencyKey };
      const body = { ...quickTask, priority: 'high' };
      assertProblem(await post({ body, headers }), 422, 'idempotency_key_reused');
    });

    test('an Idempotency-Key that is too long', async () => {
      const headers = { 'idempotency-key': 'k'.repeat(256) };
      assertProblem(await post({ body: quickTask, headers }), 400, 'invalid_request');
    });

    test('a query with wrong or unknown parameters', async () => {
      for (const query of ['limit=0', 'limit=101', 'limit=many', 'status=done', 'cursor=@', 'colour=red'])
        assertProblem(await call('GET', `/api/v1/tasks?${query}`), 400, 'invalid_request');
    });

    test('a batch without tasks, with too many, or with a wrong callback URL', async () => {
      for (const body of [{}, { tasks: [] }, { tasks: 'x' }, { tasks: Array(1001).fill(quickTask) }, []])
        assertProblem(await call('POST', '/api/v1/tasks/batch', { body }), 400, 'invalid_request');
      const body = { tasks: [quickTask], callback_url: 'gopher://example.com' };
      assert.deepEqual(
        assertProblem(await call('POST', '/api/v1/tasks/batch', { body }), 400, 'invalid_request'),
        ['/callback_url'],
      );
    });
  });
}
