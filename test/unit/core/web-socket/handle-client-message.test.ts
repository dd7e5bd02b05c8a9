import assert from 'node:assert/strict';
import test from 'node:test';
import type { Batch } from '../../../../core/batches/batch.ts';
import type { ServiceEvent } from '../../../../core/events/build-event.ts';
import type { Task } from '../../../../core/tasks/task.ts';
import type { ClientMessagePorts } from '../../../../core/web-socket/handle-client-message.ts';
import { handleClientMessage } from '../../../../core/web-socket/handle-client-message.ts';
import type { Subscription, Subscriptions } from '../../../../core/web-socket/subscriptions.ts';
import { completed, failed, makeTask, processing, start } from '../../../make-task.ts';
import { fakeSender, punctual } from '../events/fakes.ts';

const client = { connectionId: 'c', tenant: 'default' };
const options = {
  usualLifeMs: 60_000,
  isLate: () => false,
  sleep: async () => undefined,
  random: () => 0.5,
};

function setUp(tasks: Task[] = [], batches: Batch[] = []) {
  const calls: string[] = [];
  const note = (call: string, subscriptions: Subscription[] = []) =>
    void calls.push([call, ...subscriptions.map(({ kind, id }) => `${kind}#${id}`)].join(' '));
  const subscriptions: Subscriptions = {
    add: async () => note('add'),
    openedBy: async () => [],
    isKnown: async () => true,
    remove: async () => note('remove'),
    subscribe: async (_id, _tenant, subscriptions, _now, deltas) =>
      note(deltas ? 'subscribe with deltas' : 'subscribe', subscriptions),
    subscribeToAll: async () => note('subscribeToAll'),
    unsubscribe: async (_id, _tenant, subscriptions) => note('unsubscribe', subscriptions),
    unsubscribeFromAll: async () => note('unsubscribeFromAll'),
    subscribersToAll: async () => ({ all: [], someSubscribedById: false }),
    subscribersTo: async () => [],
  };
  const { sender, frames, closed } = fakeSender();
  const ports: ClientMessagePorts = {
    subscriptions,
    sender,
    replayRate: { take: async () => true },
    eventLag: punctual,
    lateChanges: { after: async () => [] },
    batches: { get: async (_tenant, id) => batches.find(({ batchId }) => batchId === id) },
    store: {
      listen: async ({ taskId }) => note(`listen to ${taskId}`),
      async getMany(keys) {
        note('read');
        return keys.flatMap(
          (key) => tasks.find((task) => task.tenant === key.tenant && task.taskId === key.taskId) ?? [],
        );
      },
      async list(tenant, filter, limit, cursor) {
        note('list');
        const mine = tasks
          .filter((task) => task.tenant === tenant && (!filter.batchId || task.batchId === filter.batchId))
          .sort((a, b) => b.createdAt - a.createdAt);
        const from = Number(cursor ?? 0);
        const more = from + limit < mine.length;
        return { tasks: mine.slice(from, from + limit), nextCursor: more ? String(from + limit) : null };
      },
    },
  };
  const send = (message: unknown) =>
    handleClientMessage(
      client,
      typeof message === 'string' ? message : JSON.stringify(message),
      options,
      ports,
      start,
    );
  const received = () => (frames.get('c') ?? []) as (ServiceEvent & Record<string, unknown>)[];
  return { send, received, calls, ports, closed };
}

test('ping is answered by pong', async () => {
  const { send, received } = setUp();
  await send({ action: 'ping' });
  assert.deepEqual(received(), [{ event_type: 'pong' }]);
});

test('a ping of a connection of which nothing is stored is answered by closing it: it would hear nothing', async () => {
  const { send, received, closed, ports } = setUp();
  ports.subscriptions.isKnown = async () => false;
  await send({ action: 'ping' });
  assert.deepEqual([received(), closed], [[], ['c']]);
});

test('a batch that is not there is told as unknown, and is followed no longer', async () => {
  const { send, received, calls } = setUp();
  await send({ action: 'subscribe', batch_ids: ['batch_gone'] });
  assert.deepEqual(
    calls.filter((call) => call.startsWith('unsubscribe')),
    ['unsubscribe batch#batch_gone'],
  );
  const [frame] = received() as unknown as { event_type: string; error: { code: string } }[];
  assert.deepEqual([frame?.event_type, frame?.error.code], ['error', 'not_found']);
});

test('a subscription that names nothing is one to everything again', async () => {
  const { send, calls } = setUp();
  await send({ action: 'subscribe' });
  assert.equal(calls[0], 'subscribeToAll');
});

test('a bad message is answered by an error that names its fault, and nothing else happens', async () => {
  const bad: [unknown, string][] = [
    ['', ''],
    ['{', ''],
    ['null', ''],
    ['[]', ''],
    ['"subscribe"', ''],
    [{}, '/action'],
    [{ action: 'shout' }, '/action'],
    [{ action: 'subscribe', task_id: 'task_1' }, '/task_id'],
    [{ action: 'subscribe', task_ids: 'task_1' }, '/task_ids'],
    [{ action: 'subscribe', task_ids: [1] }, '/task_ids/0'],
    [{ action: 'subscribe', task_ids: Array(501).fill('t') }, '/task_ids'],
    [{ action: 'subscribe', since: 'yesterday' }, '/since'],
    [{ action: 'subscribe', deltas: true }, '/deltas'],
    [{ action: 'subscribe', deltas: 'yes', task_ids: ['task_1'] }, '/deltas'],
    [{ action: 'unsubscribe', deltas: true, task_ids: ['task_1'] }, '/deltas'],
    [{ action: 'ping', extra: true }, '/extra'],
  ];
  for (const [message, pointer] of bad) {
    const { send, received, calls } = setUp();
    await send(message);
    const [frame] = received() as unknown as {
      event_type: string;
      error: { code: string; errors: { pointer: string }[] };
    }[];
    assert.equal(frame?.event_type, 'error', JSON.stringify(message));
    assert.equal(frame?.error.code, 'invalid_request');
    assert.equal(frame?.error.errors[0]?.pointer, pointer, JSON.stringify(message));
    assert.deepEqual(calls, []);
  }
});

test('subscribing writes the subscription before it reads the state, then replays the state', async () => {
  const { send, received, calls } = setUp([
    completed({ taskId: 'task_1' }),
    processing({ taskId: 'task_2' }),
  ]);
  await send({ action: 'subscribe', task_ids: ['task_1', 'task_2', 'task_2'] });
  assert.deepEqual(calls.slice(0, 2), ['subscribe task#task_1 task#task_2', 'read']);
  const [first, second, last] = received();
  assert.deepEqual([second?.task_id, second?.version], ['task_2', 2]);
  assert.deepEqual([first?.task_id, first?.version, first?.event_id], ['task_1', 3, 'evt_1_3']);
  assert.deepEqual(last, {
    event_type: 'subscribed',
    task_ids: ['task_1', 'task_2'],
    batch_ids: [],
    replayed: 2,
    complete: true,
  });
});

test('who asks for deltas is heard by the workers of the open tasks, after it is stored; who does not, is not', async () => {
  const tasks = [
    makeTask({ taskId: 'task_1' }),
    completed({ taskId: 'task_2' }),
    makeTask({ taskId: 'task_3', tenant: 'other' }),
    processing({ taskId: 'task_4', batchId: 'batch_1', batchIndex: 0 }),
  ];
  const batch = { tenant: 'default', batchId: 'batch_1', completedAt: null } as Batch;
  const { send, calls } = setUp(tasks, [batch]);
  const named = { task_ids: ['task_1', 'task_2', 'task_3'], batch_ids: ['batch_1'] };
  await send({ action: 'subscribe', ...named, deltas: true });
  assert.equal(calls[0], 'subscribe with deltas task#task_1 task#task_2 task#task_3 batch#batch_1');
  const heard = calls.filter((call) => call.startsWith('listen')).sort();
  assert.deepEqual(heard, ['listen to task_1', 'listen to task_4']);
  const silent = setUp(tasks, [batch]);
  for (const more of [{}, { deltas: false }]) await silent.send({ action: 'subscribe', ...named, ...more });
  assert.ok(!silent.calls.some((call) => /listen|deltas/.test(call)));
});

test('where there is no time to tell all workers the client is told that it is not complete', async () => {
  const { calls, ports, received } = setUp([makeTask({ taskId: 'task_1' })]);
  const text = JSON.stringify({ action: 'subscribe', task_ids: ['task_1'], deltas: true });
  let looks = 0;
  // Of the two looks the replay's has time again.
  const isLate = () => looks++ === 0;
  await handleClientMessage(client, text, { ...options, isLate }, ports, start);
  assert.ok(!calls.includes('listen to task_1'));
  const last = received().at(-1);
  assert.deepEqual([last?.event_type, last?.replayed, last?.complete], ['subscribed', 1, false]);
});

test('another tenant’s task is unknown: an error says so, and there is no subscription', async () => {
  const { send, received, calls } = setUp([
    completed({ taskId: 'task_1', tenant: 'other' }),
    completed({ taskId: 'task_2' }),
  ]);
  await send({ action: 'subscribe', task_ids: ['task_2', 'task_1'] });
  assert.ok(calls.includes('unsubscribe task#task_1'));
  const error = received().find(({ event_type }) => (event_type as string) === 'error')
    ?.error as unknown as Record<string, unknown>;
  assert.equal(error.code, 'not_found');
  assert.deepEqual(error.errors, [{ pointer: '/task_ids/1', detail: 'there is no task task_1' }]);
  assert.deepEqual(received().at(-1)?.task_ids, ['task_2']);
});

test('subscribing to a batch replays its tasks and its completion, without what has not changed since', async () => {
  const member = (index: number, completedAt: number) =>
    completed({
      taskId: `task_${index}`,
      batchId: 'batch_1',
      batchIndex: index,
      completedAt,
      changedAt: completedAt,
    });
  const tasks = [
    member(0, start),
    member(1, start + 600_000),
    processing({ taskId: 'task_2', batchId: 'batch_1' }),
  ];
  const batch = {
    tenant: 'default',
    batchId: 'batch_1',
    createdAt: start,
    callbackUrl: null,
    version: 2,
    total: 3,
    processing: 0,
    completed: 3,
    failed: 0,
    cancelled: 0,
  };
  const { send, received } = setUp(tasks, [{ ...batch, completedAt: start + 600_000 }]);
  await send({ action: 'subscribe', batch_ids: ['batch_1'] });
  assert.deepEqual(
    received()
      .slice(0, 4)
      .map((event) => event.task_id ?? event.event_type),
    ['task_0', 'task_2', 'task_1', 'batch.completed'],
  );
  const since = new Date(start + 500_000).toISOString();
  const later = setUp(tasks, [{ ...batch, completedAt: start + 600_000 }]);
  await later.send({ action: 'subscribe', batch_ids: ['batch_1'], since });
  assert.deepEqual(
    later
      .received()
      .slice(0, 3)
      .map((event) => event.task_id ?? event.event_type),
    ['task_1', 'batch.completed', 'subscribed'],
  );
});

test('the tasks of a list are read as they are now, and once', async () => {
  const tasks = ['task_1', 'task_2'].map((taskId) => completed({ taskId, batchId: 'batch_1' }));
  const batch = { tenant: 'default', batchId: 'batch_1', completedAt: null } as Batch;
  for (const message of [
    { action: 'subscribe', since: new Date(start).toISOString() },
    { action: 'subscribe', batch_ids: ['batch_1'] },
  ]) {
    const { send, received, calls, ports } = setUp(tasks, [batch]);
    const { list } = ports.store;
    ports.store.list = (tenant, filter, ...rest) => {
      assert.equal(filter.consistent, true, 'a change that was told of before is seen');
      assert.equal(rest[2]?.hasRoom(), false, 'results that no event has are not fetched');
      return list(tenant, filter, ...rest);
    };
    await send(message);
    assert.deepEqual(
      received().flatMap(({ task_id }) => task_id ?? []),
      ['task_1', 'task_2'],
    );
    assert.deepEqual(
      calls.filter((call) => call === 'read'),
      [],
    );
  }
});

test('what is more than a function has memory for is read when its turn comes, and told once, if it is still news', async () => {
  const result = { ...completed().result, content: 'x'.repeat(25_000) } as NonNullable<Task['result']>;
  const tasks = Array.from({ length: 500 }, (_, index) =>
    completed({ taskId: `task_${index}`, result, createdAt: start + index, changedAt: start + index }),
  );
  const { send, received, calls } = setUp(tasks);
  await send({ action: 'subscribe', since: new Date(start).toISOString() });
  const told = received().flatMap(({ task_id }) => task_id ?? []);
  assert.deepEqual(
    told,
    tasks.map(({ taskId }) => taskId),
  );
  const reads = calls.filter((call) => call === 'read').length;
  assert.ok(reads === 2, `a part of the oldest is read again: ${reads} pages`);
});

test('since without ids replays what changed of the tenant, and stops at tasks that are too old to have changed', async () => {
  const at = (index: number) => start + index * 1_000;
  const tasks = Array.from({ length: 400 }, (_, index) =>
    completed({
      taskId: `task_${index}`,
      createdAt: at(index),
      completedAt: at(index),
      changedAt: at(index),
    }),
  );
  const { send, received, calls } = setUp(tasks);
  await send({ action: 'subscribe', since: new Date(at(350)).toISOString() });
  const replayed = received().filter(({ task_id }) => task_id);
  // From seven seconds before: an event may be that late.
  assert.deepEqual(
    replayed.map(({ task_id }) => task_id),
    Array.from({ length: 57 }, (_, index) => `task_${343 + index}`),
    'the oldest change first',
  );
  assert.ok(calls.filter((call) => call === 'list').length < 4);
  assert.equal(received().at(-1)?.complete, true);
});

test('a replay of everything is bounded and says that it was cut', async () => {
  const tasks = Array.from({ length: 6_000 }, (_, index) => makeTask({ taskId: `task_${index}` }));
  const { send, received } = setUp(tasks);
  await send({ action: 'subscribe', since: new Date(start).toISOString() });
  assert.equal(received().at(-1)?.complete, false);
  assert.equal(received().at(-1)?.replayed, 5_000);
});

test('unsubscribing ends the named subscriptions, or all', async () => {
  const { send, calls, received } = setUp();
  await send({ action: 'unsubscribe', task_ids: ['task_1'] });
  await send({ action: 'unsubscribe' });
  assert.deepEqual(calls, ['unsubscribe task#task_1', 'unsubscribeFromAll']);
  assert.deepEqual(
    received().map(({ event_type }) => event_type as string),
    ['unsubscribed', 'unsubscribed'],
  );
});

test('a replay of which a frame cannot be sent closes the connection instead of leaving a gap', async () => {
  const { ports, closed } = setUp([completed()]);
  const failing = { ...ports, sender: { ...ports.sender, send: async () => 'failed' as const } };
  await handleClientMessage(
    client,
    JSON.stringify({ action: 'subscribe', task_ids: ['task_0b7e'] }),
    options,
    failing,
    start,
  );
  assert.deepEqual(closed, ['c']);
});

test('a fault of the service is answered without its cause, and thrown', async () => {
  const { ports, received } = setUp();
  const getMany = () => Promise.reject(new Error('table Secret-Name is throttled'));
  const broken = { ...ports, store: { ...ports.store, getMany } };
  await assert.rejects(
    handleClientMessage(
      client,
      JSON.stringify({ action: 'subscribe', task_ids: ['t'] }),
      options,
      broken,
      start,
    ),
  );
  const [frame] = received();
  assert.equal(frame?.error?.code, 'internal');
  assert.doesNotMatch(JSON.stringify(frame), /Secret/);
});

test('after late events a replay reaches back as far as they were late', async () => {
  const tasks = [0, 60_000, 120_000].map((after, index) =>
    completed({ taskId: `task_${index}`, completedAt: start + after, changedAt: start + after }),
  );
  const { ports, received } = setUp(tasks);
  const late = { ...ports, eventLag: { oldestAfter: async (since: number) => since - 90_000 } };
  const message = JSON.stringify({ action: 'subscribe', since: new Date(start + 120_000).toISOString() });
  await handleClientMessage(client, message, { ...options, usualLifeMs: 600_000 }, late, start);
  assert.deepEqual(
    received().flatMap(({ task_id }) => task_id ?? []),
    ['task_1', 'task_2'],
  );
});

test('a replay that runs out of time says where to go on', async () => {
  const tasks = Array.from({ length: 250 }, (_, index) =>
    makeTask({ taskId: `task_${index}`, changedAt: start + index }),
  );
  const { ports, received } = setUp(tasks);
  let frames = 0;
  const hurried = { ...options, isLate: () => frames++ >= 130 };
  const subscribe = (since: string) => JSON.stringify({ action: 'subscribe', since });
  await handleClientMessage(client, subscribe(new Date(start).toISOString()), hurried, ports, start);
  const cut = received().at(-1);
  assert.deepEqual([cut?.replayed, cut?.complete], [130, false]);
  assert.equal(cut?.since, new Date(start + 100).toISOString());
  await handleClientMessage(client, subscribe(cut?.since as string), options, ports, start);
  assert.equal(received().at(-1)?.complete, true);
  assert.equal(new Set(received().flatMap(({ task_id }) => task_id ?? [])).size, 250);
});

test('a client subscribed to everything gets the event of a batch that was completed while it was away', async () => {
  const tasks = [
    completed({ taskId: 'task_1', batchId: 'batch_1' }),
    processing({ taskId: 'task_2', batchId: 'batch_2' }),
  ];
  const batch = {
    tenant: 'default',
    createdAt: start,
    callbackUrl: null,
    version: 1,
    total: 1,
    processing: 0,
    completed: 0,
    failed: 0,
    cancelled: 0,
  };
  const batches = [
    { ...batch, batchId: 'batch_1', version: 2, completed: 1, completedAt: start + 900 },
    { ...batch, batchId: 'batch_2', processing: 1, completedAt: null },
  ];
  const { send, received } = setUp(tasks, batches);
  await send({ action: 'subscribe', since: new Date(start).toISOString() });
  assert.deepEqual(
    received().map(({ event_type, task_id, batch_id }) => [event_type, task_id ?? batch_id]),
    [
      ['processing', 'task_2'],
      ['completed', 'task_1'],
      ['batch.completed', 'batch_1'],
      ['subscribed', undefined],
    ],
  );
});

test('a connection that replays too often is told so; nothing is read and nothing is subscribed to', async () => {
  for (const message of [
    { action: 'subscribe', since: new Date(start).toISOString() },
    { action: 'subscribe', batch_ids: ['batch_1'] },
    {
      action: 'subscribe',
      batch_ids: ['batch_1'],
      task_ids: ['task_1'],
      since: new Date(start).toISOString(),
    },
  ]) {
    const { send, received, calls, ports, closed } = setUp([makeTask({ taskId: 'task_1' })]);
    ports.replayRate.take = async () => false;
    await send(message);
    const [frame] = received() as unknown as {
      event_type: string;
      error: { code: string; message: string };
    }[];
    assert.equal(frame?.event_type, 'error');
    assert.equal(frame?.error.code, 'rate_limited');
    assert.match(frame?.error.message ?? '', /replays a minute; send the message again in \d+ s/);
    assert.deepEqual([calls, closed], [[], []]);
  }
});

test('what reads no list is not counted', async () => {
  for (const message of [
    { action: 'subscribe' },
    { action: 'subscribe', task_ids: ['task_1'], since: new Date(start).toISOString() },
    { action: 'unsubscribe' },
    { action: 'ping' },
  ]) {
    const { send, received, ports } = setUp([makeTask({ taskId: 'task_1' })]);
    ports.replayRate.take = () => assert.fail('not to be counted');
    await send(message);
    assert.notEqual(received().at(-1)?.event_type, 'error', JSON.stringify(message));
  }
});

const named = JSON.stringify({ action: 'subscribe', task_ids: ['task_1', 'task_2'] });

test('a replay that the gateway throttles is sent on when it may be', async () => {
  const { ports, received, closed } = setUp([
    completed({ taskId: 'task_1' }),
    completed({ taskId: 'task_2' }),
  ]);
  let refused = 0;
  const send: typeof ports.sender.send = async (id, text) =>
    ++refused <= 5 ? 'throttled' : ports.sender.send(id, text);
  await handleClientMessage(client, named, options, { ...ports, sender: { ...ports.sender, send } }, start);
  assert.deepEqual(closed, []);
  const last = received().at(-1);
  assert.deepEqual([last?.replayed, last?.complete], [2, true]);
});

test('a replay that stays throttled is not complete', async () => {
  const { ports, received, closed } = setUp([
    completed({ taskId: 'task_1' }),
    completed({ taskId: 'task_2' }),
  ]);
  let frames = 0;
  const send: typeof ports.sender.send = async (id, text) =>
    /"task_2","batch/.test(text) ? 'throttled' : ports.sender.send(id, text);
  const hurried = { ...options, isLate: () => ++frames > 20 };
  await handleClientMessage(client, named, hurried, { ...ports, sender: { ...ports.sender, send } }, start);
  assert.deepEqual(closed, []);
  const last = received().at(-1);
  assert.deepEqual([last?.event_type, last?.replayed, last?.complete], ['subscribed', 1, false]);
});

test('a replay with a gap on a connection that cannot be closed is not complete', async () => {
  const { ports, received } = setUp([completed({ taskId: 'task_1' }), completed({ taskId: 'task_2' })]);
  const send: typeof ports.sender.send = async (id, text) =>
    /"task_2","batch/.test(text) ? 'hung' : ports.sender.send(id, text);
  const sender = { send, close: async () => false };
  await handleClientMessage(client, named, options, { ...ports, sender }, start);
  assert.equal(received().at(-1)?.complete, false);
});

test('the list is read as far back as tasks usually live; what is older is known by its note', async () => {
  const made = { taskId: 'task_1', createdAt: start, deadlineAt: start + 60_000 };
  const ended = failed({ ...made, completedAt: start + 118_000, changedAt: start + 118_000 });
  const { ports, received } = setUp([ended]);
  const ask = (lateChanges: typeof ports.lateChanges) => {
    const message = JSON.stringify({ action: 'subscribe', since: new Date(start + 117_000).toISOString() });
    return handleClientMessage(client, message, options, { ...ports, lateChanges }, start);
  };
  await ask({ after: async () => [{ taskId: 'task_1', changedAt: start + 118_000 }] });
  await ask({ after: async () => [] });
  assert.deepEqual(
    received().map(({ task_id, complete }) => task_id ?? complete),
    ['task_1', true, true],
  );
});

test('of a batch that was completed before, the tasks are not read again', async () => {
  const at = { completedAt: start + 900_000, changedAt: start + 900_000 };
  const done = completed({ taskId: 'task_1', batchId: 'batch_1', batchIndex: 0, ...at });
  for (const [completedAt, tasks] of [
    [start + 500_000, []],
    [start + 894_000, ['task_1']],
    [null, ['task_1']],
  ] as const) {
    const counts = { total: 1, processing: 0, completed: 1, failed: 0, cancelled: 0, version: 2 };
    const batch = { tenant: 'default', batchId: 'batch_1', createdAt: start, completedAt, ...counts };
    const { send, received } = setUp([done], [batch as Batch]);
    const since = new Date(start + 900_000).toISOString();
    await send({ action: 'subscribe', batch_ids: ['batch_1'], since });
    assert.deepEqual(
      received().flatMap(({ task_id }) => task_id ?? []),
      tasks,
    );
  }
});

test('a task that changed long after its acceptance is replayed by its notes, once, and its batch with it', async () => {
  const made = { createdAt: start, deadlineAt: start + 7_000_000 };
  const late = completed({
    ...made,
    taskId: 'task_1',
    completedAt: start + 6_000_000,
    changedAt: start + 6_000_000,
  });
  const both = { createdAt: start + 5_990_000, completedAt: start + 6_200_000, changedAt: start + 6_200_000 };
  const listed = completed({ ...both, taskId: 'task_2' });
  const { ports, received } = setUp([late, listed]);
  const asked: unknown[] = [];
  const lateChanges: typeof ports.lateChanges = {
    async after(...request) {
      asked.push(request);
      const noted = [listed, late].map(({ taskId, changedAt = 0 }) => ({ taskId, changedAt }));
      // It started late too.
      return [...noted, { taskId: 'task_1', changedAt: start + 5_999_000 }];
    },
  };
  const message = JSON.stringify({ action: 'subscribe', since: new Date(start + 6_000_000).toISOString() });
  await handleClientMessage(client, message, options, { ...ports, lateChanges }, start);
  assert.deepEqual(
    received().map(({ task_id, complete }) => task_id ?? complete),
    ['task_1', 'task_2', true],
  );
  assert.deepEqual(asked, [['default', start + 6_000_000 - 7_000, 5_000]]);
  const many: typeof ports.lateChanges = {
    after: async (_tenant, _time, limit) =>
      Array.from({ length: limit }, () => ({ taskId: 'task_1', changedAt: 1 })),
  };
  await handleClientMessage(client, message, options, { ...ports, lateChanges: many }, start);
  assert.equal(received().at(-1)?.complete, false, 'there may be more');
});
