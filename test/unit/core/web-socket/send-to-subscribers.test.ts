import assert from 'node:assert/strict';
import test from 'node:test';
import { type Change, outgoingOf } from '../../../../core/events/change.ts';
import { sendToSubscribers } from '../../../../core/web-socket/send-to-subscribers.ts';
import { completed, makeTask, processing, start } from '../../../make-task.ts';
import { fakeSender, fakeSubscriptions, punctual } from '../events/fakes.ts';

const outgoing = (...changes: Change[]) => changes.map(outgoingOf).filter((each) => each !== undefined);
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
  const result = await sendToSubscribers(story, { subscriptions, sender, eventLag: punctual }, () => start);
  assert.equal(result.sent, 6);
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
  await sendToSubscribers(story, { subscriptions, sender, eventLag: punctual }, () => start);
  assert.equal(reads.length, 1);
  assert.equal(frames.size, 0);
});

test('a subscriber to a task and of its batch gets an event once, others not at all', async () => {
  const byId = { 'task#task_0b7e': ['a'], 'batch#batch_1': ['a', 'b'], 'task#task_other': ['c'] };
  const { subscriptions } = fakeSubscriptions([], byId);
  const { sender, frames } = fakeSender();
  await sendToSubscribers(
    outgoing(change(completed({ batchId: 'batch_1' }))),
    { subscriptions, sender, eventLag: punctual },
    () => start,
  );
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
    sendToSubscribers(
      outgoing(change(completed())),
      { subscriptions, sender, eventLag: punctual },
      () => start,
    ),
    served(),
  ]);
  assert.equal(result.sent, ids.length - hanging.size);
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
  const result = await sendToSubscribers(story, { subscriptions, sender, eventLag: punctual }, () => start);
  assert.equal(tries, 1);
  assert.deepEqual(removed, ['gone']);
  assert.deepEqual(closed, []);
  assert.equal(result.gone, 1);
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
  await sendToSubscribers(story, { subscriptions: young, sender, eventLag: punctual }, () => start + 9_999);
  assert.deepEqual(removed, []);
  await sendToSubscribers(story, { subscriptions: young, sender, eventLag: punctual }, () => start + 10_000);
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
  const result = await sendToSubscribers(
    events,
    { subscriptions: { ...subscriptions, subscribersTo }, sender, eventLag: punctual },
    () => start,
  );
  assert.deepEqual(
    result.failed.map(({ event }) => event.task_id),
    ['task_1'],
  );
  assert.equal(frames.get('a')?.length, 1);
});

test('the lag of events is noted before they are sent', async () => {
  const order: string[] = [];
  const { subscriptions } = fakeSubscriptions(['a']);
  const { sender } = fakeSender(() => {
    order.push('sent');
    return 'sent';
  });
  const eventLag = { ...punctual, note: async (late: number) => void order.push(`late ${late}`) };
  await sendToSubscribers(story, { subscriptions, sender, eventLag }, () => start + 7_000);
  assert.deepEqual(order, ['late 7000', 'sent', 'sent', 'sent']);
});

test('the lag is noted again when sending takes long, and where that fails nothing is sent', async () => {
  const notes: number[] = [];
  const { subscriptions } = fakeSubscriptions(['a']);
  let now = start;
  const { sender, frames } = fakeSender(() => {
    now += 2_000;
    return 'sent';
  });
  const eventLag = { ...punctual, note: async (late: number) => void notes.push(late) };
  await sendToSubscribers(story, { subscriptions, sender, eventLag }, () => now);
  assert.deepEqual(notes, [0, 4_000]);
  const broken = { ...punctual, note: () => Promise.reject(new Error('throttled')) };
  const result = await sendToSubscribers(story, { subscriptions, sender, eventLag: broken }, () => now);
  assert.equal(result.failed.length, 3);
  assert.equal(frames.get('a')?.length, 3);
});
