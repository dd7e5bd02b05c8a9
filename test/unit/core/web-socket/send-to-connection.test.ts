import assert from 'node:assert/strict';
import test from 'node:test';
import { buildTaskEvent } from '../../../../core/events/build-event.ts';
import type { TenantEvent } from '../../../../core/events/share.ts';
import type { Task } from '../../../../core/tasks/task.ts';
import type { SendOutcome } from '../../../../core/web-socket/connection-sender.ts';
import { sendToConnection } from '../../../../core/web-socket/send-to-connection.ts';
import { completed, makeTask, processing, start } from '../../../make-task.ts';
import { fakeLimits } from '../events/fakes.ts';

const frameOf = (task: Task) => {
  const owed: TenantEvent = { tenant: 'default', event: buildTaskEvent(task), dueAt: start };
  return { owed, text: JSON.stringify(owed.event) };
};

/** Sends them to a connection; `answer` decides the outcome by task and version. */
async function deliver(
  frames: ReturnType<typeof frameOf>[],
  answer: (name: string) => Promise<SendOutcome>,
  { closes = true, connectedAt = 0 } = {},
) {
  const told: string[] = [];
  const ended: string[] = [];
  const counts = { framesSent: 0, framesLeftOut: 0, connectionsGone: 0, connectionsCut: 0 };
  const left = new Set<TenantEvent>();
  const ports = {
    subscriptions: { remove: async () => void ended.push('removed') },
    sender: {
      async send(_id: string, text: string) {
        const { task_id, version } = JSON.parse(text);
        const name = `${task_id}/${version}`;
        told.push(`> ${name}`);
        const outcome = await answer(name);
        told.push(`${outcome} ${name}`);
        return outcome;
      },
      async close() {
        ended.push('closed');
        await new Promise(setImmediate);
        return closes;
      },
    },
    random: () => 0.5,
  };
  const subscriber = { connectionId: 'a', connectedAt };
  await sendToConnection(
    'default',
    { subscriber, frames },
    ports,
    { counts, left },
    fakeLimits(start).limits,
  );
  return { told, ended, counts, left: [...left].map(({ event }) => `${event.task_id}/${event.version}`) };
}

const story = (taskId: string) =>
  [makeTask({ taskId }), processing({ taskId }), completed({ taskId })].map(frameOf);
const soon = async (): Promise<SendOutcome> => {
  await new Promise(setImmediate);
  return 'sent';
};

test('the first event goes alone, then those of up to four tasks go side by side, those of one in order', async () => {
  const frames = ['0', '1', '2', '3', '4', '5'].flatMap(story);
  let underWay = 0;
  let most = 0;
  const { told, counts } = await deliver(frames, async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise(setImmediate);
    underWay -= 1;
    return 'sent';
  });
  assert.deepEqual(told.slice(0, 2), ['> 0/1', 'sent 0/1']);
  assert.deepEqual([most, counts.framesSent], [4, 18]);
  for (const id of ['0', '1', '2', '3', '4', '5'])
    assert.deepEqual(
      told.filter((line) => line.includes(` ${id}/`)),
      [1, 2, 3].flatMap((version) => [`> ${id}/${version}`, `sent ${id}/${version}`]),
    );
});

test('a connection that does not take one of several events under way is cut once, and nothing more is begun', async () => {
  const frames = ['0', '1', '2', '3', '4'].flatMap(story);
  const { told, ended, counts, left } = await deliver(frames, async (name) =>
    name.startsWith('1/') || name.startsWith('2/') ? 'hung' : soon(),
  );
  assert.deepEqual(ended, ['closed', 'removed']);
  assert.deepEqual([counts.connectionsCut, left], [1, []], 'its client asks for them when it comes back');
  assert.ok(!told.some((line) => line.includes(' 4/')));
});

test('where it cannot be closed every event that it did not take is left for later', async () => {
  const frames = ['0', '1', '2', '3', '4'].flatMap(story);
  const { told, left, counts } = await deliver(frames, async (name) => (name === '1/1' ? 'hung' : soon()), {
    closes: false,
  });
  const taken = told.filter((line) => line.startsWith('sent ')).map((line) => line.slice(5));
  const names = frames.map(({ owed: { event } }) => `${event.task_id}/${event.version}`);
  assert.deepEqual([...taken, ...left].sort(), names.sort());
  assert.equal(counts.framesSent, taken.length);
});

test('a connection that has ended is removed once; one that is still being made keeps its rows', async () => {
  const frames = ['0', '1', '2', '3'].flatMap(story);
  const gone = async (name: string): Promise<SendOutcome> => (name === '0/1' ? 'sent' : 'gone');
  const old = await deliver(frames, gone);
  assert.deepEqual([old.ended, old.counts.connectionsGone, old.left], [['removed'], 1, []]);
  const young = await deliver(frames, gone, { connectedAt: start - 1_000 });
  assert.deepEqual([young.ended, young.counts.connectionsGone, young.left], [[], 0, []]);
});
