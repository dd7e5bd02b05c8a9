import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { operations } from '../../core/http-contract/operations.ts';
import { type Client, quickTask } from './client.ts';
import { openSocket } from './event-socket.ts';
import type { Service } from './service.ts';

/** Of all routes and messages together. `LLM_FUZZ_RUNS=10000` for a night; an emulator is slow. */
const runs = Number(process.env.LLM_FUZZ_RUNS || 300);
const atOnce = 8;

const oddTexts = [
  '',
  '\u0000',
  '\ud800',
  '😀',
  '__proto__',
  '../..',
  'x'.repeat(5_000),
  '%00',
  "' OR 1=1",
  '{{7*7}}',
];
const oddNumbers = [0, -1, 1e308, 5e-324, 2 ** 53, -0, 0.1];
const leaf = fc.oneof(
  fc.constantFrom<unknown>(...oddTexts, ...oddNumbers, true, false, null, [], {}),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const tree = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...oddTexts), fc.string({ maxLength: 12 })), tie('node'), {
      maxKeys: 4,
    }),
  ),
})).node;

/** A right body in which some members are other than they should be. */
const bent = (right: Record<string, unknown>) =>
  fc
    .dictionary(fc.oneof(fc.constantFrom(...Object.keys(right)), fc.constantFrom(...oddTexts)), tree, {
      maxKeys: 3,
    })
    .map((changes) => ({ ...right, ...changes }));

const config = bent({
  timeout: '1ms',
  cache_enabled: false,
  temperature: 0,
  max_tokens: 5,
  strategy: 'cost',
});
const schema = fc.oneof(
  tree,
  bent({ type: 'object', properties: {}, required: [], $ref: '#', pattern: 'a', enum: [1] }),
);
const task = fc
  .tuple(
    bent({ type: 'custom', prompt: 'p', data: 1, priority: 'low', metadata: {}, callback_events: [] }),
    config,
    fc.option(schema),
  )
  .map(([body, settings, responseSchema]) => ({
    ...body,
    config: {
      timeout: '1ms',
      ...settings,
      ...(responseSchema !== null && { response_schema: responseSchema }),
    },
  }));
const batch = fc.oneof(
  bent({ tasks: [quickTask] }),
  fc.array(task, { maxLength: 3 }).map((tasks) => ({ tasks })),
);
const patch = bent({ priority: 'high' });
const message = fc.oneof(
  bent({ action: 'subscribe', task_ids: ['task_1'], batch_ids: [], since: '2026-01-01T00:00:00Z' }),
  bent({ action: 'unsubscribe', task_ids: ['task_1'] }),
  bent({ action: 'ping' }),
);

/** As JSON, or as what is none any more. */
const broken = (body: fc.Arbitrary<unknown>) =>
  fc.oneof(
    { weight: 8, arbitrary: body.map((value) => JSON.stringify(value)) },
    {
      weight: 1,
      arbitrary: fc.tuple(body, fc.nat(60)).map(([value, cut]) => JSON.stringify(value).slice(0, cut)),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  );

const bodies: Record<string, fc.Arbitrary<unknown>> = {
  'POST /api/v1/tasks': task,
  'POST /api/v1/tasks/batch': batch,
  'POST /api/v1/process/sync': task,
  'PATCH /api/v1/tasks/{task_id}': patch,
  'POST /api/v1/ws-tickets': fc.oneof(fc.constant({}), tree),
};

const chat = bent({
  model: 'auto',
  messages: [{ role: 'user', content: 'p' }],
  timeout: '50ms',
  stream: true,
  stream_options: { include_usage: true },
  temperature: 0,
  max_tokens: 5,
  n: 2,
  stop: 'x',
  tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
  response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } },
  service_tier: 'flex',
  metadata: {},
});

/** Where answers are streamed. */
const streamed: Record<string, fc.Arbitrary<unknown>> = {
  '/api/v1/process/stream': task,
  '/v1/chat/completions': chat,
  '/v1/embeddings': bent({
    model: 'auto',
    input: ['a'],
    dimensions: 4,
    encoding_format: 'base64',
    timeout: '50ms',
  }),
};

const routes = operations
  .filter(({ method }) => method === 'post' || method === 'patch')
  .map(({ method, path }) => ({ method: method.toUpperCase(), path }));

export function testHostileInput(service: Service, { call, submit, waitFor }: Client): void {
  describe('whatever comes in', () => {
    test('every route that takes a body is tried', () => {
      assert.deepEqual(
        routes.map(({ method, path }) => `${method} ${path}`).sort(),
        Object.keys(bodies).sort(),
      );
    });

    for (const { method, path } of routes)
      test(`${method} ${path} answers any body, and never with 5xx`, async () => {
        const target = path.replace('{task_id}', await submit(quickTask));
        const sample = fc.sample(broken(bodies[`${method} ${path}`] as fc.Arbitrary<unknown>), {
          // Some are tasks, which are waited for there.
          numRuns: Math.ceil(runs / (routes.length + 1) / (path.endsWith('/sync') ? 4 : 1)),
          seed: 12,
        });
        for (let from = 0; from < sample.length; from += atOnce)
          await Promise.all(
            sample.slice(from, from + atOnce).map(async (raw) => {
              const { status, text } = await call(method, target, { raw });
              assert.ok(status < 500, `${status} ${text} to ${JSON.stringify(raw)}`);
            }),
          );
        assert.equal((await call('GET', '/health')).status, 200);
      });

    for (const [path, body] of Object.entries(streamed))
      test(`POST ${path} answers any body, and never by a fault of its own`, {
        skip: service.streamUrl === undefined,
      }, async () => {
        const sample = fc.sample(broken(body), {
          numRuns: Math.ceil(runs / (routes.length + 1) / 2),
          seed: 12,
        });
        for (let from = 0; from < sample.length; from += atOnce)
          await Promise.all(
            sample.slice(from, from + atOnce).map(async (raw) => {
              const answer = await fetch(`${service.streamUrl}${path}`, {
                method: 'POST',
                headers: { 'content-type': 'application/json', authorization: `Bearer ${service.token}` },
                body: raw,
              });
              const text = await answer.text();
              // Its provider may fail a chat, and its time be over.
              const isRight = answer.status < 500 || [502, 503, 504].includes(answer.status);
              assert.ok(isRight, `${answer.status} ${text.slice(0, 500)} to ${JSON.stringify(raw)}`);
              assert.doesNotMatch(text, /"code":"internal"/, JSON.stringify(raw));
            }),
          );
      });

    test('a WebSocket answers any message, and goes on', async () => {
      const socket = await openSocket(service.wsUrl, service.token);
      const sample = fc.sample(broken(message), { numRuns: Math.ceil(runs / (routes.length + 1)), seed: 12 });
      for (const text of sample) socket.send(text);
      socket.send({ action: 'ping' });
      await socket.next('the last pong', ({ event_type: type }) => type === 'pong');
      assert.ok(socket.frames.every(({ code }) => code !== 'internal'));
      socket.close();
    });

    test('a hundred submissions at once with one Idempotency-Key make one task', async () => {
      const headers = { 'idempotency-key': randomUUID() };
      const many = service.emulated ? 20 : 100;
      const answers = await Promise.all(
        Array.from({ length: many }, () => call('POST', '/api/v1/tasks', { body: quickTask, headers })),
      );
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [202]);
      const ids = new Set(answers.map(({ json }) => json.task_id));
      assert.equal(ids.size, 1);
      const [id = ''] = ids;
      assert.equal((await waitFor(id)).attempts, 1);
    });
  });
}
