import assert from 'node:assert/strict';
import test from 'node:test';
import type { Change } from '../../../../core/events/change.ts';
import { type PublishPorts, publishTaskEvents } from '../../../../core/events/publish-task-event.ts';
import type { Share } from '../../../../core/events/share.ts';
import type { AttemptRecord, Task } from '../../../../core/tasks/task.ts';
import { completed, failed, makeTask, processing, start } from '../../../make-task.ts';
import {
  fakeLimits,
  fakePorts,
  fakeSender,
  fakeSubscriptions,
  noneLate,
  punctual,
  refuses,
} from './fakes.ts';

const paid = { attempt: 1, costUsd: 0.5 } as AttemptRecord;
const callbackUrl = 'https://hook.example/';

function story(...states: Task[]): Change[] {
  return states.map((after, index) => ({
    kind: 'task',
    sequence: `${after.taskId}-${index}`,
    before: states[index - 1],
    after,
  }));
}

function publish(changes: Change[], ports: PublishPorts, busEvents: string[] = []) {
  const options = { busEvents: new Set(busEvents), taskTypes: new Set(['translation']) };
  return publishTaskEvents(changes, options, ports, fakeLimits(start).limits);
}

function fakeSockets(...connections: string[]) {
  const { subscriptions, removed } = fakeSubscriptions(connections);
  const { sender, frames } = fakeSender();
  return {
    sockets: { subscriptions, sender, eventLag: punctual, ...noneLate, random: () => 0 },
    frames,
    removed,
  };
}

test('a change without a new version makes no event', async () => {
  const { sockets, frames } = fakeSockets('a');
  const report = await publish(story(processing(), processing()), fakePorts({ sockets }).ports);
  assert.equal(report.events, 1);
  assert.equal(frames.get('a')?.length, 1);
});

test('webhooks go out for final events, and for others that callback_events names', async () => {
  const quiet = story(makeTask({ callbackUrl }), processing({ callbackUrl }), completed({ callbackUrl }));
  const all = fakePorts();
  await publish(quiet, all.ports);
  assert.deepEqual(
    all.webhooks.map(({ event }) => event.event_type),
    ['completed'],
  );
  assert.equal(all.webhooks[0]?.url, callbackUrl);

  const named = { callbackUrl, callbackEvents: ['processing' as const] };
  const more = fakePorts();
  await publish(story(makeTask(named), processing(named), failed(named)), more.ports);
  assert.deepEqual(
    more.webhooks.map(({ event }) => event.event_type),
    ['processing', 'failed'],
  );
});

test('only the event types that the configuration names go to the bus', async () => {
  const { ports, onBus } = fakePorts();
  await publish(story(makeTask(), processing(), completed()), ports, ['completed']);
  assert.deepEqual(
    onBus.map(({ event }) => event.event_type),
    ['completed'],
  );
});

test('WebSocket, webhook and bus get the same event', async () => {
  const { sockets, frames } = fakeSockets('a');
  const { ports, onBus, webhooks } = fakePorts({ sockets });
  await publish(story(completed({ callbackUrl })), ports, ['completed']);
  assert.deepEqual(frames.get('a')?.[0], onBus[0]?.event);
  assert.deepEqual(webhooks[0]?.event, onBus[0]?.event);
});

test('changes of one batch are counted together, and a renewed lease not again', async () => {
  const { ports, progressed } = fakePorts();
  const member = (batchIndex: number) => ({ taskId: `task_${batchIndex}`, batchId: 'batch_1', batchIndex });
  const changes = [
    ...story(makeTask(member(0)), processing(member(0)), completed({ ...member(0), changedAt: start + 9 })),
    ...story(makeTask(member(1)), processing({ ...member(1), changedAt: start + 7 }), failed(member(1))),
    ...story(processing(member(2)), processing(member(2))).slice(1),
  ];
  await publish(changes, ports);
  const [count, ...others] = progressed;
  assert.deepEqual(
    count?.tasks.map(({ taskId, place, status }) => `${taskId} ${place} ${status}`),
    ['task_0 0 processing', 'task_0 0 completed', 'task_1 1 processing', 'task_1 1 failed'],
  );
  assert.deepEqual([count?.batchId, others], ['batch_1', []]);
});

test('a completed batch makes one webhook, to the URL of the batch', async () => {
  const { ports, webhooks, counted } = fakePorts();
  const batch = {
    tenant: 'default',
    batchId: 'batch_1',
    createdAt: start,
    completedAt: start + 5,
    countedFrom: start + 4,
    callbackUrl: 'https://batch.example/',
    version: 2,
    total: 1,
    processing: 0,
    completed: 1,
    failed: 0,
    cancelled: 0,
  };
  await publish([{ kind: 'batch', sequence: '1', tenant: 'default', after: batch }], ports);
  assert.deepEqual(
    webhooks.map(({ url, event }) => [url, event.event_type]),
    [['https://batch.example/', 'batch.completed']],
  );
  assert.deepEqual(counted, []);
});

const everything = story(completed({ callbackUrl, batchId: 'batch_1', batchIndex: 0, timeline: [paid] }));
const bus = ['completed'];
const broken: Record<Exclude<Share['channel'], 'records'>, Partial<PublishPorts>> = {
  web_socket: {
    sockets: {
      ...fakeSockets('a').sockets,
      subscriptions: { ...fakeSubscriptions(['a']).subscriptions, subscribersToAll: refuses },
    },
  },
  webhooks: { webhooks: { send: async (messages) => messages } },
  bus: { bus: { put: async (events) => events } },
  batches: { batches: { add: refuses } },
  counters: {
    counters: { ...fakePorts().ports.counters, add: async (left) => ({ left, error: 'refused' }) },
  },
};

for (const [channel, members] of Object.entries(broken))
  test(`where the channel ${channel} fails its share is put aside, and the others and the stream go on`, async () => {
    const { sockets, frames } = fakeSockets('a');
    const told = fakePorts({ sockets, ...members });
    const report = await publish(everything, told.ports, bus);
    assert.equal(report.failedFrom, undefined, 'the change does not come again');
    assert.deepEqual(
      told.shares.map((share) => [share.channel, share.owed.length]),
      [[channel, channel === 'counters' ? 2 : 1]],
    );
    assert.equal(report.kept[0]?.channel, channel);
    assert.equal(report.spentUsd, 0.5);
    const reached = {
      web_socket: frames.get('a')?.length ?? 0,
      webhooks: told.webhooks.length,
      bus: told.onBus.length,
      batches: told.progressed.length,
      counters: told.counted.length,
    };
    for (const [name, count] of Object.entries(reached)) assert.equal(count > 0, name !== channel, name);
  });

test('a channel that hangs does not hold up the others for longer than its time, and is put aside too', async () => {
  const { ports, onBus, shares } = fakePorts({ webhooks: { send: () => new Promise(() => undefined) } });
  const options = { busEvents: new Set(bus), taskTypes: new Set<string>() };
  const limits = { clock: () => start, sleep: () => new Promise(setImmediate), until: start + 1_000 };
  const report = await publishTaskEvents(everything, options, ports, limits);
  assert.equal(report.failedFrom, undefined);
  assert.deepEqual(
    shares.map(({ channel }) => channel),
    ['webhooks'],
  );
  assert.equal(onBus.length, 1);
});

test('changes come again only where the queue of shares fails too, and are counted then', async () => {
  const tasks = ['task_a', 'task_b'].map((taskId) => completed({ taskId, callbackUrl, timeline: [paid] }));
  const changes = tasks.flatMap((task) => story(task));
  const { ports, counted } = fakePorts({ ...broken.webhooks, shares: { put: async () => false } });
  const report = await publish(changes, ports);
  assert.equal(report.failedFrom, 'task_a-0');
  assert.deepEqual(counted, []);
  assert.equal(report.spentUsd, 0);
});

test('counts that nobody takes make their changes come again, unless others of them were written', async () => {
  const full = { shares: { put: async () => false } };
  const none = await publish(everything, fakePorts({ ...broken.counters, ...full }).ports);
  assert.equal(none.failedFrom, 'task_0b7e-0');
  const { counters } = fakePorts().ports;
  const add: typeof counters.add = async (increments) => ({ left: increments.slice(1) });
  const some = await publish(everything, fakePorts({ counters: { ...counters, add }, ...full }).ports);
  assert.deepEqual([some.failedFrom, some.countsLost], [undefined, 1]);
});

test('what became due long ago counts as late, though its change is young', async () => {
  const { sockets } = fakeSockets('a');
  const lags: number[] = [];
  const eventLag = { note: async (lagMs: number) => void lags.push(lagMs) };
  const ports = fakePorts({ sockets: { ...sockets, eventLag } }).ports;
  const overdue = failed({ deadlineAt: start - 600_000, changedAt: start, completedAt: start });
  await publish(story(overdue), ports);
  assert.deepEqual(lags, [480_000], 'ten minutes after its deadline, of which two are usual');
});
