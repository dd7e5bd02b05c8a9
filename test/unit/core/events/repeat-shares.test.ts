import assert from 'node:assert/strict';
import test from 'node:test';
import { collectBatchCounts } from '../../../../core/batches/collect-batch-counts.ts';
import type { Change } from '../../../../core/events/change.ts';
import { listBusEvents, listShares } from '../../../../core/events/list-shares.ts';
import { repeatShares, shareTries } from '../../../../core/events/repeat-shares.ts';
import type { Share } from '../../../../core/events/share.ts';
import type { ReceivedShare, ShareQueue } from '../../../../core/events/share-queue.ts';
import { completed, start } from '../../../make-task.ts';
import { fakeLimits, fakePorts, noneLate, refuses } from './fakes.ts';

const member = (index: number) =>
  completed({
    taskId: `task_${index}`,
    batchId: 'batch_1',
    batchIndex: index,
    callbackUrl: 'https://hook.example/',
  });
const changes = [0, 1].map(
  (index): Change => ({ kind: 'task', sequence: String(index), before: undefined, after: member(index) }),
);
const shares: Share[] = [
  ...listShares(changes),
  { channel: 'bus', owed: listBusEvents(changes, new Set(['completed'])) },
  { channel: 'batches', owed: collectBatchCounts(changes) },
];

/** A queue in memory, of which each share shows once in a run. */
function fakeQueue(waiting: Share[], attempt = 1) {
  const received: ReceivedShare[] = waiting.map((share, index) => ({
    share,
    handle: String(index),
    attempt,
  }));
  const postponed: [handle: string, milliseconds: number][] = [];
  const deleted: string[] = [];
  const put: Share[] = [];
  const queue: ShareQueue = {
    async put(left) {
      put.push(...left);
      return true;
    },
    receive: async () => received.splice(0, 10),
    postpone: async (...postponement) => void postponed.push(postponement),
    delete: async (handle) => void deleted.push(handle),
  };
  return { queue, postponed, deleted, put };
}

test('what waits is sent by its channel, and deleted', async () => {
  const { queue, deleted, postponed } = fakeQueue(shares);
  const { ports, webhooks, onBus, progressed } = fakePorts();
  const report = await repeatShares(queue, ports, fakeLimits(start).limits);
  assert.deepEqual([report.sent, report.left], [4, 0]);
  assert.deepEqual([webhooks.length, onBus.length], [2, 2]);
  assert.deepEqual(
    progressed[0]?.tasks.map(({ place, status }) => [place, status]),
    [
      [0, 'completed'],
      [1, 'completed'],
    ],
  );
  assert.equal(deleted.length, 4);
  assert.deepEqual(postponed, []);
});

test('a channel that still fails keeps its shares, later each time, and holds up no other', async () => {
  let tries = 0;
  const put = async <T>(events: T[]) => {
    tries += 1;
    return events;
  };
  const bus = shares.filter(({ channel }) => channel === 'bus');
  const many = [...Array.from({ length: 30 }, () => bus[0] as Share), ...shares];
  const { queue, deleted, postponed } = fakeQueue(many, 3);
  const { ports, webhooks } = fakePorts({ bus: { put } });
  const report = await repeatShares(queue, ports, fakeLimits(start).limits);
  assert.deepEqual([report.sent, report.left, deleted.length], [3, 31, 3]);
  assert.equal(webhooks.length, 2);
  assert.ok(tries <= 8, `${tries} tries of a channel that is down`);
  assert.deepEqual(new Set(postponed.map(([, milliseconds]) => milliseconds)), new Set([120_000]));
});

test('what was sent of a share is not sent again with the rest', async () => {
  const webhookShare = shares.filter(({ channel }) => channel === 'webhooks');
  const { queue, deleted, postponed, put } = fakeQueue(webhookShare);
  const { ports } = fakePorts({ webhooks: { send: async (messages) => messages.slice(1) } });
  await repeatShares(queue, ports, fakeLimits(start).limits);
  assert.deepEqual(
    put.map(({ owed }) => owed.length),
    [1],
  );
  assert.deepEqual([deleted, postponed], [['0'], []]);
});

test('where even the rest cannot be put aside all of it waits on', async () => {
  const webhookShare = shares.filter(({ channel }) => channel === 'webhooks');
  const { queue, deleted, postponed } = fakeQueue(webhookShare);
  const { ports } = fakePorts({ webhooks: { send: async (messages) => messages.slice(1) } });
  await repeatShares({ ...queue, put: async () => false }, ports, fakeLimits(start).limits);
  assert.deepEqual([deleted, postponed], [[], [['0', 30_000]]]);
});

test('a share is tried for about a day, as long as a stream would keep its changes', async () => {
  let total = 0;
  for (let attempt = 1; attempt < shareTries; attempt += 1) {
    const { queue, postponed } = fakeQueue(shares.slice(0, 1), attempt);
    const unread = { subscribersToAll: refuses } as never;
    const sockets = {
      subscriptions: unread,
      sender: {} as never,
      eventLag: { note: async () => undefined },
      ...noneLate,
      random: () => 0,
    };
    await repeatShares(queue, fakePorts({ sockets }).ports, fakeLimits(start).limits);
    total += postponed[0]?.[1] ?? 0;
  }
  assert.ok(total >= 24 * 3_600_000, `${total / 3_600_000} h`);
});

test('a run that finds nothing does not wait for more', async () => {
  const waits: number[] = [];
  const { queue } = fakeQueue([]);
  const receive: ShareQueue['receive'] = async (waitSeconds) => {
    waits.push(waitSeconds);
    return [];
  };
  await repeatShares({ ...queue, receive }, fakePorts().ports, fakeLimits(start).limits);
  assert.deepEqual(waits, [0]);
});

test('a run ends before its time is over, and leaves the rest to the next one', async () => {
  const { queue } = fakeQueue(shares);
  const { limits, time } = fakeLimits(start, start + 60_000);
  const endless: ShareQueue = {
    ...queue,
    async receive() {
      time.now += 5_000;
      return [{ share: shares[1] as Share, handle: '1', attempt: 1 }];
    },
  };
  const report = await repeatShares(endless, fakePorts().ports, limits);
  assert.ok(report.sent <= 10);
});
