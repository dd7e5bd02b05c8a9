import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import {
  type EmptySince,
  pullOrder,
  receiveMostUrgent,
  receiveNextUrgent,
} from '../../../../core/scheduling/receive-most-urgent.ts';
import type { ReceivedTask, TaskQueues } from '../../../../core/scheduling/task-queues.ts';
import type { Priority } from '../../../../core/tasks/task.ts';

const everyEighth = { lowFirstEvery: 8, normalFirstEvery: 8 };

test('about one ticket in eight looks into low first, and as many into normal', () => {
  const firsts = Array.from({ length: 8_000 }, () => pullOrder(randomUUID(), everyEighth)[0]);
  const share = (priority: Priority) => firsts.filter((first) => first === priority).length / firsts.length;
  assert.ok(share('low') > 0.1 && share('low') < 0.15, `low first: ${share('low')}`);
  assert.ok(share('normal') > 0.08 && share('normal') < 0.14, `normal first: ${share('normal')}`);
});

test('every order looks into every queue once', () => {
  for (let i = 0; i < 200; i += 1)
    assert.deepEqual(pullOrder(randomUUID(), everyEighth).toSorted(), ['high', 'low', 'normal']);
});

test('priority is strict where no ticket is set aside against starvation', () => {
  const strict = { lowFirstEvery: 0, normalFirstEvery: 0 };
  for (let i = 0; i < 50; i += 1)
    assert.deepEqual(pullOrder(randomUUID(), strict), ['high', 'normal', 'low']);
});

function queuesThatAnswer(answers: (priority: Priority, waitSeconds: number) => boolean) {
  const asked: string[] = [];
  const queues = {
    async receive(_provider: string, priority: Priority, _visibility: number, waitSeconds: number) {
      asked.push(`${priority} ${waitSeconds}`);
      return answers(priority, waitSeconds) ? ({ priority } as ReceivedTask) : undefined;
    },
  } as TaskQueues;
  return { queues, asked };
}

const ticket = { id: randomUUID(), handle: 'h', hint: 'low' as const };

test('a short poll that finds a task is the only request', async () => {
  const { queues, asked } = queuesThatAnswer(() => true);
  await receiveMostUrgent(queues, 'kimi', ticket, ['high', 'normal', 'low'], 50);
  assert.deepEqual(asked, ['high 0']);
});

test('a false empty is found by the second, long-polling pass, which begins at the hint', async () => {
  const { queues, asked } = queuesThatAnswer(
    (priority, waitSeconds) => priority === 'low' && waitSeconds === 1,
  );
  const found = await receiveMostUrgent(queues, 'kimi', ticket, ['high', 'normal', 'low'], 50);
  assert.equal(found?.priority, 'low');
  assert.deepEqual(asked, ['high 0', 'normal 0', 'low 0', 'low 1']);
});

test('empty is believed only after all six polls', async () => {
  const { queues, asked } = queuesThatAnswer(() => false);
  assert.equal(await receiveMostUrgent(queues, 'kimi', ticket, ['high', 'normal', 'low'], 50), undefined);
  assert.deepEqual(asked, ['high 0', 'normal 0', 'low 0', 'low 1', 'high 1', 'normal 1']);
});

test('a worker that goes on asks each queue once, and one that was empty a moment ago not again', async () => {
  const { queues, asked } = queuesThatAnswer((priority) => priority === 'low');
  const emptySince: EmptySince = new Map();
  let now = 1_000_000;
  const next = () => receiveNextUrgent(queues, 'kimi', ['high', 'normal', 'low'], 50, emptySince, () => now);
  assert.equal((await next())?.priority, 'low');
  now += 99;
  assert.equal((await next())?.priority, 'low');
  assert.deepEqual(asked, ['high 0', 'normal 0', 'low 0', 'low 0']);
  now += 1;
  await next();
  assert.deepEqual(asked.slice(4), ['high 0', 'normal 0', 'low 0']);
  const { queues: empty, asked: askedOfEmpty } = queuesThatAnswer(() => false);
  assert.equal(
    await receiveNextUrgent(empty, 'kimi', ['high', 'normal', 'low'], 50, new Map(), () => now),
    undefined,
  );
  assert.equal(askedOfEmpty.length, 3);
});

test('a worker that goes on takes turns like as many tickets', () => {
  const count = (id: string, priority: Priority) =>
    Array.from({ length: 800 }, (_, use) => pullOrder(id, everyEighth, use)[0]).filter(
      (first) => first === priority,
    ).length;
  const apart = '00000001-0000-4000-8000-000000000000';
  assert.deepEqual([count(apart, 'low'), count(apart, 'normal')], [100, 100]);
  const together = '00001001-0000-4000-8000-000000000000';
  assert.deepEqual(
    [count(together, 'low'), count(together, 'normal')],
    [100, 0],
    'low has it where both are due',
  );
});
