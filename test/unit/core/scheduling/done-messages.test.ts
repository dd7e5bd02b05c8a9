import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { receiveCarried } from '../../../../core/scheduling/carried-tasks.ts';
import { createDoneMessages } from '../../../../core/scheduling/done-messages.ts';
import { toQueuedTask } from '../../../../core/scheduling/task-message.ts';
import { makeTask } from '../../../make-task.ts';

function setUp(t: TestContext, answer: () => Promise<void> = async () => {}) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const asked: string[] = [];
  const errors: unknown[] = [];
  const done = createDoneMessages({
    provider: 'kimi',
    queues: {
      async deleteMany(list) {
        asked.push(list.map(({ provider, received }) => `${received.handle} of ${provider}`).join(', '));
        await answer();
      },
    },
    onError: (error) => void errors.push(error),
  });
  const { message } = toQueuedTask(makeTask());
  const add = (...handles: string[]) => {
    for (const handle of handles) done.add({ message, priority: 'low', receiveCount: 1, handle });
  };
  return { done, add, asked, errors };
}

test('messages are deleted together, five seconds after the first', (t) => {
  const { add, asked } = setUp(t);
  add('a');
  t.mock.timers.tick(4_999);
  add('b');
  assert.deepEqual(asked, []);
  t.mock.timers.tick(1);
  assert.deepEqual(asked, ['a of kimi, b of kimi']);
  t.mock.timers.tick(60_000);
  assert.equal(asked.length, 1);
});

test('ten are deleted at once', (t) => {
  const { add, asked } = setUp(t);
  add(...'abcdefghijk');
  assert.equal(asked.length, 1);
  assert.equal(asked[0]?.split(', ').length, 10);
  t.mock.timers.tick(5_000);
  assert.deepEqual(asked[1], 'k of kimi');
});

test('a flush deletes what is left and waits for what is under way; without anything it asks nothing', async (t) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { done, add, asked } = setUp(t, () => promise);
  await done.flush();
  assert.deepEqual(asked, []);
  add(...'abcdefghij');
  let isFlushed = false;
  const flushing = done.flush().then(() => {
    isFlushed = true;
  });
  await new Promise(setImmediate);
  assert.equal(isFlushed, false, 'another invocation of the environment may have begun it');
  resolve();
  await flushing;
  assert.equal(asked.length, 1);
});

test('what cannot be deleted is told, and no fault of the work', async (t) => {
  const { done, add, errors } = setUp(t, async () => {
    throw new Error('refused');
  });
  add('a');
  await done.flush();
  assert.equal(String(errors), 'Error: refused');
});

test('a task that its ticket carried has no message to be deleted', async (t) => {
  const { done, asked } = setUp(t);
  const carried = receiveCarried({ id: 't', handle: 'h', carried: toQueuedTask(makeTask()) });
  assert.ok(carried);
  done.add(carried);
  await done.flush();
  assert.deepEqual(asked, []);
});
