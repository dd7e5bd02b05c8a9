import assert from 'node:assert/strict';
import test from 'node:test';
import type { Change } from '../../../../core/events/change.ts';
import { publishTaskEvents } from '../../../../core/events/publish-task-event.ts';
import type { AttemptRecord, Task } from '../../../../core/tasks/task.ts';
import { completed, failed, makeTask, processing, start } from '../../../make-task.ts';
import { fakePorts, fakeSender, fakeSubscriptions, punctual } from './fakes.ts';

const none = new Set<string>();
const paid = { attempt: 1, costUsd: 0.5 } as AttemptRecord;
function story(...states: Task[]): Change[] {
  return states.map((after, index) => ({
    kind: 'task',
    sequence: `${after.taskId}-${index}`,
    before: states[index - 1],
    after,
  }));
}

test('a change without a new version makes no event', async () => {
  const { subscriptions } = fakeSubscriptions(['a']);
  const { sender, frames } = fakeSender();
  const { ports } = fakePorts({ sockets: { subscriptions, sender, eventLag: punctual } });
  const report = await publishTaskEvents(story(processing(), processing()), none, ports, () => start);
  assert.equal(report.events, 1);
  assert.equal(frames.get('a')?.length, 1);
});

test('webhooks go out for final events, and for others that callback_events names', async () => {
  const callbackUrl = 'https://hook.example/';
  const quiet = story(makeTask({ callbackUrl }), processing({ callbackUrl }), completed({ callbackUrl }));
  const all = fakePorts();
  await publishTaskEvents(quiet, none, all.ports, () => start);
  assert.deepEqual(
    all.webhooks.map(({ event }) => event.event_type),
    ['completed'],
  );
  assert.equal(all.webhooks[0]?.url, callbackUrl);

  const named = { callbackUrl, callbackEvents: ['processing' as const] };
  const more = fakePorts();
  await publishTaskEvents(
    story(makeTask(named), processing(named), failed(named)),
    none,
    more.ports,
    () => start,
  );
  assert.deepEqual(
    more.webhooks.map(({ event }) => event.event_type),
    ['processing', 'failed'],
  );
});

test('only the event types that the configuration names go to the bus', async () => {
  const { ports, onBus } = fakePorts();
  await publishTaskEvents(
    story(makeTask(), processing(), completed()),
    new Set(['completed']),
    ports,
    () => start,
  );
  assert.deepEqual(
    onBus.map(({ event_type }) => event_type),
    ['completed'],
  );
});

test('WebSocket, webhook and bus get the same event', async () => {
  const { subscriptions } = fakeSubscriptions(['a']);
  const { sender, frames } = fakeSender();
  const { ports, onBus, webhooks } = fakePorts({ sockets: { subscriptions, sender, eventLag: punctual } });
  const task = completed({ callbackUrl: 'https://hook.example/' });
  await publishTaskEvents(story(task), new Set(['completed']), ports, () => start);
  assert.deepEqual(frames.get('a')?.[0], onBus[0]);
  assert.deepEqual(webhooks[0]?.event, onBus[0]);
});

test('changes of one batch are counted together', async () => {
  const { ports, progressed } = fakePorts();
  const member = (batchIndex: number) => ({ taskId: `task_${batchIndex}`, batchId: 'batch_1', batchIndex });
  const changes = [
    ...story(makeTask(member(0)), processing(member(0)), completed(member(0))),
    ...story(makeTask(member(1)), processing(member(1)), failed(member(1))),
  ];
  await publishTaskEvents(changes, none, ports, () => start);
  const indexes = { started: [0, 1], completed: [0], failed: [1], cancelled: [] };
  assert.deepEqual(progressed, [['default', 'batch_1', indexes, start]]);
});

test('a completed batch makes one webhook, to the URL of the batch', async () => {
  const { ports, webhooks, counted } = fakePorts();
  const batch = {
    tenant: 'default',
    batchId: 'batch_1',
    createdAt: start,
    completedAt: start + 5,
    callbackUrl: 'https://batch.example/',
    version: 2,
    total: 1,
    processing: 0,
    completed: 1,
    failed: 0,
    cancelled: 0,
  };
  await publishTaskEvents(
    [{ kind: 'batch', sequence: '1', tenant: 'default', after: batch }],
    none,
    ports,
    () => start,
  );
  assert.deepEqual(
    webhooks.map(({ url, event }) => [url, event.event_type]),
    [['https://batch.example/', 'batch.completed']],
  );
  assert.deepEqual(counted, [{ providers: [], tenants: [] }]);
});

test('an event that cannot be sent makes its change come again, and the counters wait for it', async () => {
  const { ports, counted, ended } = fakePorts();
  const tasks = ['task_a', 'task_b', 'task_c'].map((taskId) =>
    completed({ taskId, callbackUrl: 'https://hook.example/', timeline: [paid] }),
  );
  const changes = tasks.flatMap((task) => story(task));
  const refusing = {
    ...ports,
    webhooks: { ...ports.webhooks, send: async (all: never[]) => all.slice(1, 2) },
  };
  const report = await publishTaskEvents(changes, none, refusing as typeof ports, () => start);
  assert.deepEqual(report.failed, ['task_b-0']);
  assert.equal(report.webhooks, 2);
  assert.equal(counted[0]?.tenants[0]?.tasks.completed, 1, 'only what comes before the failure is settled');
  assert.equal(report.spentUsd, 0.5, 'the rest is counted when it comes again');
  assert.deepEqual(ended[0]?.ended, { translation: { completed: 1 } });
});

test('a change comes again when the bus or its batch fails, but not for its counters', async () => {
  const base = fakePorts().ports;
  const change = story(completed({ batchId: 'batch_1', batchIndex: 0 }));
  const bus = { put: async <T>(events: T[]) => events };
  assert.deepEqual(
    (await publishTaskEvents(change, new Set(['completed']), { ...base, bus }, () => start)).failed,
    ['task_0b7e-0'],
  );
  const batches = { add: () => Promise.reject(new Error('throttled')) };
  assert.deepEqual((await publishTaskEvents(change, none, { ...base, batches }, () => start)).failed, [
    'task_0b7e-0',
  ]);
  const lost = new Error('throttled');
  const statistics = { ...base.statistics, add: () => Promise.reject(lost) };
  const report = await publishTaskEvents(change, none, { ...base, statistics }, () => start);
  assert.deepEqual(report.failed, []);
  assert.equal(report.statisticsError, lost);
  const metrics = { addTasks: () => Promise.reject(lost) };
  const beside = await publishTaskEvents(change, none, { ...base, metrics }, () => start);
  assert.deepEqual([beside.failed, beside.statisticsError], [[], lost]);
});
