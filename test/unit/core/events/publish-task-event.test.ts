import assert from 'node:assert/strict';
import test from 'node:test';
import type { Change } from '../../../../core/events/change.ts';
import { type PublishPorts, publishTaskEvents } from '../../../../core/events/publish-task-event.ts';
import type { EventShare } from '../../../../core/events/share.ts';
import { completed, failed, makeTask, processing, start } from '../../../make-task.ts';
import {
  fakeLimits,
  fakePorts,
  fakeSender,
  fakeSubscriptions,
  noneLate,
  punctual,
  refuses,
  story,
} from './fakes.ts';

const callbackUrl = 'https://hook.example/';

function publish(changes: Change[], ports: PublishPorts) {
  return publishTaskEvents(changes, ports, fakeLimits(start).limits);
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

test('WebSocket and webhook get the same event', async () => {
  const { sockets, frames } = fakeSockets('a');
  const { ports, webhooks } = fakePorts({ sockets });
  await publish(story(completed({ callbackUrl })), ports);
  assert.equal(webhooks.length, 1);
  assert.deepEqual(frames.get('a')?.[0], webhooks[0]?.event);
});

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

test('a completed batch makes one webhook, to the URL of the batch', async () => {
  const { ports, webhooks } = fakePorts();
  await publish([{ kind: 'batch', sequence: '1', tenant: 'default', after: batch }], ports);
  assert.deepEqual(
    webhooks.map(({ url, event }) => [url, event.event_type]),
    [['https://batch.example/', 'batch.completed']],
  );
});

const everything = story(completed({ callbackUrl, batchId: 'batch_1', batchIndex: 0 }));
const broken: Record<EventShare['channel'], Partial<PublishPorts>> = {
  web_socket: {
    sockets: {
      ...fakeSockets('a').sockets,
      subscriptions: { ...fakeSubscriptions(['a']).subscriptions, subscribersToAll: refuses },
    },
  },
  webhooks: { webhooks: { send: async (messages) => messages } },
};

for (const [channel, members] of Object.entries(broken))
  test(`where the channel ${channel} fails its share is put aside, and the others and the stream go on`, async () => {
    const { sockets, frames } = fakeSockets('a');
    const told = fakePorts({ sockets, ...members });
    const report = await publish(everything, told.ports);
    assert.equal(report.failedFrom, undefined, 'the change does not come again');
    assert.deepEqual(
      told.shares.map((share) => [share.channel, share.owed.length]),
      [[channel, 1]],
    );
    assert.equal(report.kept[0]?.channel, channel);
    const reached = {
      web_socket: frames.get('a')?.length ?? 0,
      webhooks: told.webhooks.length,
    };
    for (const [name, count] of Object.entries(reached)) assert.equal(count > 0, name !== channel, name);
  });

test('a channel that hangs does not hold up the others for longer than its time, and is put aside too', async () => {
  const { sockets } = fakeSockets('a');
  const subscriptions = {
    ...sockets.subscriptions,
    subscribersToAll: () => new Promise<never>(() => undefined),
  };
  const { ports, webhooks, shares } = fakePorts({ sockets: { ...sockets, subscriptions } });
  const limits = { clock: () => start, sleep: () => new Promise(setImmediate), until: start + 1_000 };
  const report = await publishTaskEvents(everything, ports, limits);
  assert.equal(report.failedFrom, undefined);
  assert.deepEqual(
    shares.map(({ channel }) => channel),
    ['web_socket'],
  );
  assert.equal(webhooks.length, 1);
});

test('changes come again only where the queue of shares fails too', async () => {
  const changes = ['task_a', 'task_b'].flatMap((taskId) => story(completed({ taskId, callbackUrl })));
  const { ports } = fakePorts({ ...broken.webhooks, shares: { put: async () => false } });
  const report = await publish(changes, ports);
  assert.equal(report.failedFrom, 'task_a-0');
});

test('what became due long ago counts as late, though its change is young', async () => {
  const { sockets } = fakeSockets('a');
  const noted: number[] = [];
  const eventLag = { note: async (oldest: number) => void noted.push(oldest) };
  const ports = fakePorts({ sockets: { ...sockets, eventLag } }).ports;
  const counted = { ...batch, completedAt: start, countedFrom: start - 480_000 };
  await publish([{ kind: 'batch', sequence: '1', tenant: 'default', after: counted }], ports);
  assert.deepEqual(noted, [start - 480_000]);
});

test('the webhook of a response has the body of OpenAI’s, and its result stays behind', async () => {
  const { sockets, frames } = fakeSockets('a');
  const { ports, webhooks } = fakePorts({ sockets });
  const task = completed({ type: 'response', callbackUrl });
  await publish(story(processing({ type: 'response', callbackUrl }), task), ports);
  const [message] = webhooks;
  assert.deepEqual(message?.body, {
    id: message?.event.event_id,
    object: 'event',
    created_at: Math.floor((task.changedAt ?? 0) / 1000),
    type: 'response.completed',
    data: { id: task.taskId.replace('task_', 'resp_') },
  });
  assert.equal(message?.event.data, null);
  assert.notEqual(frames.get('a')?.at(-1)?.data, null, 'the other channel has it');
  assert.equal(webhooks.length, 1);
});
