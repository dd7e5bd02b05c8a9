import assert from 'node:assert/strict';
import test from 'node:test';
import { type Change, outgoingOf } from '../../../../core/events/change.ts';
import { fanOut } from '../../../../core/web-socket/send-to-subscribers.ts';
import { fakeConnections, fakeSender, punctual } from '../events/fakes.ts';
import { completed, makeTask, processing, start } from '../events/make-task.ts';

const outgoing = (...changes: Change[]) => changes.map(outgoingOf).filter((each) => each !== undefined);
const change = (after: ReturnType<typeof makeTask>): Change => ({
  kind: 'task',
  sequence: String(after.version),
  before: undefined,
  after,
});
const story = outgoing(change(makeTask()), change(processing()), change(completed()));

test('whoever follows everything gets every event in order', async () => {
  const { connections, reads } = fakeConnections(['a', 'b']);
  const { sender, frames } = fakeSender();
  const result = await fanOut(story, { connections, sender, lateness: punctual }, () => start);
  assert.equal(result.sent, 6);
  for (const id of ['a', 'b'])
    assert.deepEqual(
      frames.get(id)?.map(({ version }) => version),
      [1, 2, 3],
    );
  assert.deepEqual(reads, ['default'], 'nobody follows topics: one read for the whole batch');
});

test('with nobody connected the one read is all', async () => {
  const { connections, reads } = fakeConnections([]);
  const { sender, frames } = fakeSender();
  await fanOut(story, { connections, sender, lateness: punctual }, () => start);
  assert.equal(reads.length, 1);
  assert.equal(frames.size, 0);
});

test('a follower of a task and of its batch gets an event once, others not at all', async () => {
  const topics = { 'task#task_0b7e': ['a'], 'batch#batch_1': ['a', 'b'], 'task#task_other': ['c'] };
  const { connections } = fakeConnections([], topics);
  const { sender, frames } = fakeSender();
  await fanOut(
    outgoing(change(completed({ batchId: 'batch_1' }))),
    { connections, sender, lateness: punctual },
    () => start,
  );
  assert.equal(frames.get('a')?.length, 1);
  assert.equal(frames.get('b')?.length, 1);
  assert.equal(frames.has('c'), false);
});

test('thousands of followers of one task are all served while some hang', async () => {
  const ids = Array.from({ length: 3_000 }, (_, index) => `c${index}`);
  const hanging = new Set(ids.filter((_, index) => index % 100 === 0));
  const { connections, removed } = fakeConnections([], { 'task#task_0b7e': ids });
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { sender, frames, closed } = fakeSender(async (id) => {
    if (!hanging.has(id)) return 'sent';
    // Given up only when all the others have had theirs.
    await held;
    return 'failed';
  });
  const served = async () => {
    while (frames.size < ids.length - hanging.size) await new Promise(setImmediate);
    release();
  };
  const [result] = await Promise.all([
    fanOut(outgoing(change(completed())), { connections, sender, lateness: punctual }, () => start),
    served(),
  ]);
  assert.equal(result.sent, ids.length - hanging.size);
  assert.deepEqual(new Set(closed), hanging, 'cut, so that their clients connect again and catch up');
  assert.deepEqual(new Set(removed), hanging);
});

test('a connection that is gone is forgotten, and its other events are not tried', async () => {
  const { connections, removed } = fakeConnections(['gone', 'here']);
  let tries = 0;
  const { sender, frames, closed } = fakeSender((id) => {
    if (id !== 'gone') return 'sent';
    tries += 1;
    return 'gone';
  });
  const result = await fanOut(story, { connections, sender, lateness: punctual }, () => start);
  assert.equal(tries, 1);
  assert.deepEqual(removed, ['gone']);
  assert.deepEqual(closed, []);
  assert.equal(result.gone, 1);
  assert.equal(frames.get('here')?.length, 3);
});

test('a connection that is still being made is not forgotten for answering 410', async () => {
  const { connections, removed } = fakeConnections([]);
  const young = {
    ...connections,
    listeners: async () => ({ all: [{ connectionId: 'a', connectedAt: start }], someFollowTopics: false }),
  };
  const { sender } = fakeSender(() => 'gone');
  await fanOut(story, { connections: young, sender, lateness: punctual }, () => start + 9_999);
  assert.deepEqual(removed, []);
  await fanOut(story, { connections: young, sender, lateness: punctual }, () => start + 10_000);
  assert.deepEqual(removed, ['a']);
});

test('events whose listeners cannot be read are to come again, the others are sent', async () => {
  const { connections } = fakeConnections(['all'], { 'task#task_2': ['a'] });
  const followers: typeof connections.followers = async (tenant, topic) => {
    if (topic.id === 'task_1') throw new Error('throttled');
    return connections.followers(tenant, topic);
  };
  const { sender, frames } = fakeSender();
  const events = outgoing(change(completed({ taskId: 'task_1' })), change(completed({ taskId: 'task_2' })));
  const result = await fanOut(
    events,
    { connections: { ...connections, followers }, sender, lateness: punctual },
    () => start,
  );
  assert.deepEqual(
    result.failed.map(({ event }) => event.task_id),
    ['task_1'],
  );
  assert.equal(frames.get('a')?.length, 1);
});

test('how late events are is noted before they are sent', async () => {
  const order: string[] = [];
  const { connections } = fakeConnections(['a']);
  const { sender } = fakeSender(() => {
    order.push('sent');
    return 'sent';
  });
  const lateness = { ...punctual, note: async (late: number) => void order.push(`late ${late}`) };
  await fanOut(story, { connections, sender, lateness }, () => start + 7_000);
  assert.deepEqual(order, ['late 7000', 'sent', 'sent', 'sent']);
});

test('lateness is noted again when the sending takes long, and a failed note sends nothing', async () => {
  const notes: number[] = [];
  const { connections } = fakeConnections(['a']);
  let now = start;
  const { sender, frames } = fakeSender(() => {
    now += 2_000;
    return 'sent';
  });
  const lateness = { ...punctual, note: async (late: number) => void notes.push(late) };
  await fanOut(story, { connections, sender, lateness }, () => now);
  assert.deepEqual(notes, [0, 4_000]);
  const broken = { ...punctual, note: () => Promise.reject(new Error('throttled')) };
  const result = await fanOut(story, { connections, sender, lateness: broken }, () => now);
  assert.equal(result.failed.length, 3);
  assert.equal(frames.get('a')?.length, 3);
});
