import assert from 'node:assert/strict';
import test from 'node:test';
import type { Change } from '../../../../core/events/change.ts';
import { listShares } from '../../../../core/events/list-shares.ts';
import type { SendLimits } from '../../../../core/events/send-limits.ts';
import type { TenantEvent } from '../../../../core/events/share.ts';
import { type SubscriberPorts, sendToSubscribers } from '../../../../core/web-socket/send-to-subscribers.ts';
import { completed, makeTask, processing, start } from '../../../make-task.ts';
import { fakeLimits, fakeSender, fakeSubscriptions, noneLate, punctual } from '../events/fakes.ts';

const outgoing = (...changes: Change[]) => {
  const [share] = listShares(changes);
  assert.ok(share?.channel === 'web_socket');
  return share.owed;
};
const random = () => 0.5;
const send = (
  events: TenantEvent[],
  ports: Omit<SubscriberPorts, 'random' | keyof typeof noneLate> & Partial<SubscriberPorts>,
  limits: SendLimits = fakeLimits(start).limits,
) => sendToSubscribers(events, { ...noneLate, ...ports, random }, limits);
const change = (after: ReturnType<typeof makeTask>): Change => ({
  kind: 'task',
  sequence: String(after.version),
  before: undefined,
  after,
});
const story = outgoing(change(makeTask()), change(processing()), change(completed()));

test('a subscriber to everything gets every event in order', async () => {
  const { subscriptions, reads } = fakeSubscriptions(['a', 'b']);
  const { sender, frames } = fakeSender();
  const result = await send(story, { subscriptions, sender, eventLag: punctual });
  assert.equal(result.framesSent, 6);
  for (const id of ['a', 'b'])
    assert.deepEqual(
      frames.get(id)?.map(({ version }) => version),
      [1, 2, 3],
    );
  assert.deepEqual(reads, ['default'], 'nobody subscribed by id: one read for the whole batch');
});

test('without connections there is one read', async () => {
  const { subscriptions, reads } = fakeSubscriptions([]);
  const { sender, frames } = fakeSender();
  await send(story, { subscriptions, sender, eventLag: punctual });
  assert.equal(reads.length, 1);
  assert.equal(frames.size, 0);
});

test('a subscriber to a task and of its batch gets an event once, others not at all', async () => {
  const byId = { 'task#task_0b7e': ['a'], 'batch#batch_1': ['a', 'b'], 'task#task_other': ['c'] };
  const { subscriptions } = fakeSubscriptions([], byId);
  const { sender, frames } = fakeSender();
  await send(outgoing(change(completed({ batchId: 'batch_1' }))), {
    subscriptions,
    sender,
    eventLag: punctual,
  });
  assert.equal(frames.get('a')?.length, 1);
  assert.equal(frames.get('b')?.length, 1);
  assert.equal(frames.has('c'), false);
});

test('thousands of subscribers to one task are all served while some hang', async () => {
  const ids = Array.from({ length: 3_000 }, (_, index) => `c${index}`);
  const hanging = new Set(ids.filter((_, index) => index % 100 === 0));
  const { subscriptions, removed } = fakeSubscriptions([], { 'task#task_0b7e': ids });
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { sender, frames, closed } = fakeSender(async (id) => {
    if (!hanging.has(id)) return 'sent';
    // Fails only when all the others have their event.
    await held;
    return 'failed';
  });
  const served = async () => {
    while (frames.size < ids.length - hanging.size) await new Promise(setImmediate);
    release();
  };
  const [result] = await Promise.all([
    send(outgoing(change(completed())), { subscriptions, sender, eventLag: punctual }),
    served(),
  ]);
  assert.equal(result.framesSent, ids.length - hanging.size);
  assert.deepEqual(new Set(closed), hanging, 'cut, so that their clients connect again and catch up');
  assert.deepEqual(new Set(removed), hanging);
});

test('a connection that is gone is removed, and its other events are not tried', async () => {
  const { subscriptions, removed } = fakeSubscriptions(['gone', 'here']);
  let tries = 0;
  const { sender, frames, closed } = fakeSender((id) => {
    if (id !== 'gone') return 'sent';
    tries += 1;
    return 'gone';
  });
  const result = await send(story, { subscriptions, sender, eventLag: punctual });
  assert.equal(tries, 1);
  assert.deepEqual(removed, ['gone']);
  assert.deepEqual(closed, []);
  assert.equal(result.connectionsGone, 1);
  assert.equal(frames.get('here')?.length, 3);
});

test('a connection that is still being made is not removed for a 410', async () => {
  const { subscriptions, removed } = fakeSubscriptions([]);
  const young = {
    ...subscriptions,
    subscribersToAll: async () => ({
      all: [{ connectionId: 'a', connectedAt: start }],
      someSubscribedById: false,
    }),
  };
  const { sender } = fakeSender(() => 'gone');
  await send(story, { subscriptions: young, sender, eventLag: punctual }, fakeLimits(start + 9_999).limits);
  assert.deepEqual(removed, []);
  await send(story, { subscriptions: young, sender, eventLag: punctual }, fakeLimits(start + 10_000).limits);
  assert.deepEqual(removed, ['a']);
});

test('events whose subscribers cannot be read are to come again, the others are sent', async () => {
  const { subscriptions } = fakeSubscriptions(['all'], { 'task#task_2': ['a'] });
  const subscribersTo: typeof subscriptions.subscribersTo = async (tenant, subscription) => {
    if (subscription.id === 'task_1') throw new Error('throttled');
    return subscriptions.subscribersTo(tenant, subscription);
  };
  const { sender, frames } = fakeSender();
  const events = outgoing(change(completed({ taskId: 'task_1' })), change(completed({ taskId: 'task_2' })));
  const result = await send(events, {
    subscriptions: { ...subscriptions, subscribersTo },
    sender,
    eventLag: punctual,
  });
  assert.deepEqual(
    result.left.map(({ event }) => event.task_id),
    ['task_1'],
  );
  assert.equal(frames.get('a')?.length, 1);
});

test('the oldest change of late events is noted before they are sent, and before their subscribers are read', async () => {
  const order: string[] = [];
  const { subscriptions } = fakeSubscriptions(['a']);
  const read = subscriptions.subscribersToAll;
  subscriptions.subscribersToAll = (tenant) => {
    order.push('read');
    return read(tenant);
  };
  const { sender } = fakeSender(() => {
    order.push('sent');
    return 'sent';
  });
  const eventLag = { note: async (oldest: number) => void order.push(`from ${oldest - start}`) };
  await send(story, { subscriptions, sender, eventLag }, fakeLimits(start + 7_000).limits);
  assert.deepEqual(order, ['from 0', 'read', 'sent'], 'and of late events only the last of the task is sent');
  order.length = 0;
  await send(story, { subscriptions, sender, eventLag }, fakeLimits(start + 2_000).limits);
  assert.deepEqual(order, ['read', 'sent', 'sent', 'sent'], 'two seconds are not late');
});

test('the lag is noted once it is late and when its note is too old, and where that fails nothing is sent', async () => {
  const notes: number[] = [];
  const { subscriptions } = fakeSubscriptions(['a']);
  let now = start;
  const { sender, frames } = fakeSender(() => {
    now += 2_000;
    return 'sent';
  });
  const eventLag = {
    note: async (oldest: number, at: number) => void notes.push(oldest - start, at - start),
  };
  const limits = { ...fakeLimits(start).limits, clock: () => now };
  await send([...story, ...story], { subscriptions, sender, eventLag }, limits);
  assert.deepEqual(notes, [0, 4_000, 0, 8_000]);
  const broken = { note: () => Promise.reject(new Error('throttled')) };
  const result = await send(story, { subscriptions, sender, eventLag: broken }, limits);
  assert.equal(result.left.length, 3);
  assert.equal(frames.get('a')?.length, 6);
});

test('a frame that is throttled for long is not sent without a note of its lag', async () => {
  const { subscriptions } = fakeSubscriptions(['a']);
  let now = start;
  const order: string[] = [];
  const { sender } = fakeSender(() => {
    now += 1_000;
    order.push(`sent at ${now - start - 1_000}`);
    return order.length < 6 ? 'throttled' : 'sent';
  });
  const eventLag = { note: async (_oldest: number, at: number) => void order.push(`noted at ${at - start}`) };
  const limits = { ...fakeLimits(start).limits, clock: () => now };
  await send(story.slice(2), { subscriptions, sender, eventLag }, limits);
  const sends = [
    'sent at 0',
    'sent at 1000',
    'sent at 2000',
    'noted at 3000',
    'sent at 3000',
    'sent at 4000',
  ];
  assert.deepEqual(order, sends);
});

/** A sender whose gateway throttles so many sends before it takes one. */
function throttledSender(times: number) {
  let refused = 0;
  return fakeSender(() => (++refused <= times ? 'throttled' : 'sent'));
}

test('throttled is not gone: a final event is sent again until it is taken, and its connection stays', async () => {
  const { subscriptions, removed } = fakeSubscriptions(['a']);
  const { sender, frames, closed } = throttledSender(6);
  const result = await send(outgoing(change(completed())), { subscriptions, sender, eventLag: punctual });
  assert.equal(frames.get('a')?.length, 1);
  assert.deepEqual([result.left, removed, closed], [[], [], []]);
});

test('above the rate of sends steps are left out, the end never', async () => {
  const { subscriptions, removed } = fakeSubscriptions(['a']);
  const { sender, frames } = throttledSender(4);
  const result = await send(story, { subscriptions, sender, eventLag: punctual });
  assert.deepEqual(
    frames.get('a')?.map(({ event_type }) => event_type),
    ['completed'],
  );
  assert.deepEqual([result.framesLeftOut, result.left, removed], [2, [], []]);
});

test('a final event that stays throttled is left for later, and its connection stays', async () => {
  const { subscriptions, removed } = fakeSubscriptions(['a']);
  const { time, limits } = fakeLimits(start, start + 9_000);
  const { sender, closed } = fakeSender(() => {
    time.now += 1_000;
    return 'throttled';
  });
  const result = await send(story, { subscriptions, sender, eventLag: punctual }, limits);
  assert.deepEqual(
    result.left.map(({ event }) => event.event_type),
    ['completed'],
  );
  assert.deepEqual([removed, closed], [[], []]);
});

test('a connection that takes no event and cannot be closed keeps its rows, and its events are left for later', async () => {
  const { subscriptions, removed } = fakeSubscriptions(['a', 'b']);
  const { sender, frames } = fakeSender((id) => (id === 'a' ? 'failed' : 'sent'));
  const unclosable = { ...sender, close: async () => false };
  const result = await send(story, { subscriptions, sender: unclosable, eventLag: punctual });
  assert.equal(result.left.length, 3);
  assert.equal(result.connectionsCut, 0);
  assert.deepEqual(removed, []);
  assert.equal(frames.get('b')?.length, 3);
});

test('connections that hang hold up no other, however many they are', async () => {
  const slow = Array.from({ length: 200 }, (_, index) => `slow${index}`);
  const { subscriptions } = fakeSubscriptions([...slow, 'quick']);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { sender, frames } = fakeSender(async (id) => {
    if (id === 'quick') release();
    else await held;
    return id === 'quick' ? 'sent' : 'hung';
  });
  const result = await send(outgoing(change(completed())), { subscriptions, sender, eventLag: punctual });
  assert.equal(frames.get('quick')?.length, 1);
  assert.equal(result.connectionsCut, 200);
});

test('a tenant whose connections hang holds up no other tenant', async () => {
  const { subscriptions } = fakeSubscriptions([]);
  const subscribersToAll: typeof subscriptions.subscribersToAll = async (tenant) => ({
    all: [{ connectionId: tenant, connectedAt: 0 }],
    someSubscribedById: false,
  });
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { sender, frames } = fakeSender(async (id): Promise<'sent'> => {
    if (id === 'first') await held;
    else release();
    return 'sent';
  });
  const events = outgoing(change(completed({ tenant: 'first' })), change(completed({ tenant: 'second' })));
  await send(events, { subscriptions: { ...subscriptions, subscribersToAll }, sender, eventLag: punctual });
  assert.equal(frames.size, 2);
});

test('a frame is one event', async () => {
  const { subscriptions } = fakeSubscriptions(['a']);
  const texts: string[] = [];
  const sender = {
    async send(_id: string, text: string) {
      texts.push(text);
      return 'sent' as const;
    },
    close: async () => true,
  };
  await send(story, { subscriptions, sender, eventLag: punctual });
  assert.deepEqual(
    texts.map((text) => JSON.parse(text)),
    story.map(({ event }) => event),
  );
});

test('while events are late, steps that a later event of their task follows are left out, and nothing else', async () => {
  const { subscriptions } = fakeSubscriptions(['a']);
  const { sender, frames } = fakeSender();
  const running = outgoing(change(makeTask({ taskId: 'task_2' })), change(processing({ taskId: 'task_2' })));
  const events = [...story, ...running];
  const ports = { subscriptions, sender, eventLag: punctual };
  const late = await send(events, ports, fakeLimits(start + 60_000).limits);
  assert.deepEqual(
    frames.get('a')?.map(({ task_id, event_type }) => [task_id, event_type]),
    [
      ['task_0b7e', 'completed'],
      ['task_2', 'processing'],
    ],
  );
  assert.deepEqual([late.framesLeftOut, late.left], [3, []]);
  const inTime = await send(events, ports, fakeLimits(start + 4_000).limits);
  assert.deepEqual([inTime.framesSent, inTime.framesLeftOut], [5, 0]);
});

test('of tasks that change long after their acceptance a note is left before their subscribers are read', async () => {
  const { subscriptions } = fakeSubscriptions(['a']);
  const { sender, frames } = fakeSender();
  const order: unknown[] = [];
  const lateChanges = { note: async (...noted: unknown[]) => void order.push(noted) };
  const read = subscriptions.subscribersToAll;
  subscriptions.subscribersToAll = (tenant) => {
    order.push('read');
    return read(tenant);
  };
  const hour = 3_600_000;
  const ended = (taskId: string, at: number) => change(completed({ taskId, completedAt: at, changedAt: at }));
  const owed = outgoing(
    ended('task_1', start + hour + 1),
    ended('task_2', start + hour),
    change(processing({ taskId: 'task_3', changedAt: start + 2 * hour })),
  );
  await send(owed, { subscriptions, sender, eventLag: punctual, lateChanges });
  const noted = [
    { taskId: 'task_1', changedAt: start + hour + 1 },
    { taskId: 'task_3', changedAt: start + 2 * hour },
  ];
  assert.deepEqual(order, [['default', noted], 'read']);
  assert.ok(frames.get('a')?.length);
  const broken = { note: () => Promise.reject(new Error('throttled')) };
  const result = await send(owed, { subscriptions, sender, eventLag: punctual, lateChanges: broken });
  assert.equal(result.left.length, owed.length, 'else a replay would miss it');
});
