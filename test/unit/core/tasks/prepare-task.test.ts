import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '../../../../core/service-error.ts';
import { prepareTask } from '../../../../core/tasks/prepare-task.ts';
import { makeRules } from '../../../fakes/submission-rules.ts';

const rules = makeRules();
const identity = { tenant: 'default', taskId: 'task_1', batchId: null, batchIndex: null, now: 1_000_000 };
const text = { type: 'semantic_analysis', data: { text: 'Good' } };

const prepare = (body: unknown) => prepareTask(body, identity, rules, new Map());

async function pointers(body: unknown): Promise<string[]> {
  try {
    await prepare(body);
  } catch (error) {
    assert(error instanceof ServiceError);
    assert.equal(error.code, 'invalid_request');
    return error.faults.map(({ pointer }) => pointer);
  }
  return [];
}

test('a task with only a type and data takes every default', async () => {
  const { task, input } = await prepare(text);
  assert.equal(task.status, 'queued');
  assert.equal(task.priority, 'normal');
  assert.equal(task.version, 1);
  assert.equal(task.deadlineAt, identity.now + rules.taskTimeoutMs);
  assert.deepEqual(input, { prompt: null, data: { text: 'Good' } });
  assert.equal(task.config.strategy, 'balanced');
  assert.equal(task.config.failover, true);
  assert.equal(task.config.maxRetries, 3);
});

test('an unknown field is refused wherever a misspelling could hide', async () => {
  assert.deepEqual(await pointers({ ...text, prio: 'high' }), ['/prio']);
  assert.deepEqual(await pointers({ ...text, config: { timeOut: '5s' } }), ['/config/timeOut']);
});

test('data and metadata take any member', async () => {
  assert.deepEqual(
    await pointers({ ...text, data: { 任意: [{ deep: null }], __proto__: 1 }, metadata: { 'x-y': 'z' } }),
    [],
  );
});

test('values of metadata are text', async () => {
  assert.deepEqual(await pointers({ ...text, metadata: { n: 1 } }), ['/metadata/n']);
  const many = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`k${index}`, 'v']));
  assert.deepEqual(await pointers({ ...text, metadata: many }), ['/metadata']);
});

test('wrong types are named one by one', async () => {
  assert.deepEqual(
    (await pointers({ type: 3, priority: 'urgent', config: { temperature: 'hot', max_tokens: 0 } })).sort(),
    ['/config/max_tokens', '/config/temperature', '/priority', '/type'],
  );
});

test('a temperature is from 0 to 2, both among them', async () => {
  for (const temperature of [0, 0.2, 2])
    assert.deepEqual(await pointers({ ...text, config: { temperature } }), [], String(temperature));
  for (const temperature of [-0.1, 2.1])
    assert.deepEqual(
      await pointers({ ...text, config: { temperature } }),
      ['/config/temperature'],
      String(temperature),
    );
});

test('an unknown type is refused', async () => {
  assert.deepEqual(await pointers({ ...text, type: 'guess' }), ['/type']);
});

test('custom needs a prompt', async () => {
  assert.deepEqual(await pointers({ type: 'custom', data: {} }), ['/prompt']);
  assert.deepEqual(await pointers({ type: 'custom', prompt: 'Do it' }), []);
});

test('a timeout is above 0 and at most the limit of the service', async () => {
  for (const timeout of ['0s', '0ms', '6m', 'soon', '5', '-1s', 5])
    assert.deepEqual(await pointers({ ...text, config: { timeout } }), ['/config/timeout'], String(timeout));
  for (const [timeout, milliseconds] of [
    ['250ms', 250],
    ['60s', 60_000],
    ['5m', 300_000],
    ['1m30s', 90_000],
  ] as const)
    assert.equal(
      (await prepare({ ...text, config: { timeout } })).task.deadlineAt,
      identity.now + milliseconds,
    );
});

test('a pinned provider must be enabled', async () => {
  assert.deepEqual(await pointers({ ...text, config: { provider: 'openai' } }), ['/config/provider']);
  assert.deepEqual(await pointers({ ...text, config: { model: 'no-such-model' } }), ['/config/model']);
});

test('a pin switches failover off unless asked for', async () => {
  const pinned = (await prepare({ ...text, config: { provider: 'kimi' } })).task;
  assert.equal(pinned.provider, 'kimi');
  assert.equal(pinned.config.failover, false);
  assert.equal(
    (await prepare({ ...text, config: { provider: 'kimi', failover: true } })).task.config.failover,
    true,
  );
});

test('a callback to a private address is refused at once', async () => {
  for (const url of [
    'http://example.com/x',
    'https://127.0.0.1/x',
    'https://[::1]/',
    'ftp://example.com',
    'x',
  ])
    assert.deepEqual(await pointers({ ...text, callback_url: url }), ['/callback_url'], url);
  assert.deepEqual(await pointers({ ...text, callback_url: 'https://example.com/hook' }), []);
});

test('callback_events needs a callback_url', async () => {
  assert.deepEqual(await pointers({ ...text, callback_events: ['queued'] }), ['/callback_events']);
});

test('a wrong schema of the caller is refused', async () => {
  assert.match(
    (await pointers({ ...text, config: { response_schema: { type: 'objekt' } } }))[0] ?? '',
    /^\/config\/response_schema/,
  );
});

test('all faults of a task are told at once', async () => {
  assert.deepEqual(
    (await pointers({ ...text, type: 'guess', config: { timeout: '1h' }, callback_url: 'x' })).sort(),
    ['/callback_url', '/config/timeout', '/type'],
  );
});

test('a priority above the tenant’s is refused where it was asked for, else the highest allowed takes its place', async () => {
  const limited = makeRules({ limitsOf: () => ({ highest_priority: 'low' }) });
  const ask = (body: object, unnamed?: 'high') => prepareTask(body, identity, limited, new Map(), unnamed);
  assert.equal((await ask(text)).task.priority, 'low');
  assert.equal((await ask(text, 'high')).task.priority, 'low');
  await assert.rejects(ask({ ...text, priority: 'normal' }), { code: 'forbidden' });
  assert.equal((await prepareTask(text, identity, rules, new Map(), 'high')).task.priority, 'high');
});

test('the estimated cost is that of the most that the answer may have', async () => {
  const { estimatedCostUsd = 0 } = await prepare({
    ...text,
    config: { provider: 'kimi', max_tokens: 1_000 },
  });
  const { estimatedCostUsd: larger = 0 } = await prepare({
    ...text,
    config: { provider: 'kimi', max_tokens: 9_000 },
  });
  assert.ok(estimatedCostUsd > 0 && larger > 5 * estimatedCostUsd, `${estimatedCostUsd}, ${larger}`);
});
