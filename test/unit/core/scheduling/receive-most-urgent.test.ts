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

function queuesThatAnswer(answers: (priority: Priority, waitSeconds: number) => boolean | Promise<boolean>) {
  const asked: string[] = [];
  const queues = {
    async receive(_provider: string, priority: Priority, _visibility: number, waitSeconds: number) {
      asked.push(`${priority} ${waitSeconds}`);
      return (await answers(priority, waitSeconds)) ? ({ priority } as ReceivedTask) : undefined;
    },
    async setVisibility(_provider: string, { priority }: ReceivedTask, milliseconds: number) {
      asked.push(`${priority} shows in ${milliseconds}`);
    },
  } as TaskQueues;
  const underWay: Promise<unknown>[] = [];
  const hand = { meanwhile: (work: Promise<unknown>) => void underWay.push(work) };
  const order: Priority[] = ['high', 'normal', 'low'];
  return { queues, asked, underWay, hand, receive: () => receiveMostUrgent(queues, 'kimi', order, 50, hand) };
}

const allPolls = ['high 0', 'normal 0', 'low 0', 'high 1', 'normal 1', 'low 1'];

test('a short poll that finds a task is the only request', async () => {
  const { asked, receive } = queuesThatAnswer(() => true);
  await receive();
  assert.deepEqual(asked, ['high 0']);
});

test('a false empty is found by long polls of all queues beside each other', async () => {
  const never = Promise.withResolvers<boolean>();
  const { asked, receive } = queuesThatAnswer((priority, waitSeconds) =>
    waitSeconds === 0 ? false : priority === 'low' || never.promise,
  );
  assert.equal((await receive())?.priority, 'low', 'the others are not waited for');
  assert.deepEqual(asked, allPolls);
});

test('what a long poll brings after another did is put back, before the invocation ends', async () => {
  const late = Promise.withResolvers<boolean>();
  const { asked, underWay, receive } = queuesThatAnswer((priority, waitSeconds) =>
    waitSeconds === 0 ? false : priority === 'low' || (priority === 'high' && late.promise),
  );
  assert.equal((await receive())?.priority, 'low');
  assert.equal(underWay.length, 1);
  late.resolve(true);
  await underWay[0];
  assert.deepEqual(asked.slice(6), ['high shows in 0']);
});

test('empty is believed only after all six polls', async () => {
  const { asked, underWay, receive } = queuesThatAnswer(() => false);
  assert.equal(await receive(), undefined);
  assert.deepEqual(asked, allPolls);
  assert.deepEqual(underWay, []);
});

test('a long poll that fails is an error, unless another found a task', async () => {
  const fails = (found: boolean) =>
    queuesThatAnswer((priority, waitSeconds) => {
      if (waitSeconds === 0) return false;
      if (priority === 'high') throw new Error('SQS is ill');
      return found && priority === 'normal';
    });
  await assert.rejects(fails(false).receive(), /ill/);
  const { receive, underWay } = fails(true);
  assert.equal((await receive())?.priority, 'normal');
  await assert.rejects(async () => underWay[0], /ill/);
});

test('a worker that goes on asks each queue once, and one that was empty a moment ago not again', async () => {
  const { queues, asked, hand } = queuesThatAnswer((priority) => priority === 'low');
  const emptySince: EmptySince = new Map();
  let now = 1_000_000;
  const next = () =>
    receiveNextUrgent(queues, 'kimi', ['high', 'normal', 'low'], 50, hand, emptySince, () => now);
  assert.equal((await next())?.priority, 'low');
  now += 99;
  assert.equal((await next())?.priority, 'low');
  assert.deepEqual(asked, ['high 0', 'normal 0', 'low 0', 'low 0']);
  now += 1;
  await next();
  assert.deepEqual(asked.slice(4), ['high 0', 'normal 0', 'low 0']);
  const { queues: empty, asked: askedOfEmpty } = queuesThatAnswer(() => false);
  assert.equal(
    await receiveNextUrgent(empty, 'kimi', ['high', 'normal', 'low'], 50, hand, new Map(), () => now),
    undefined,
  );
  assert.equal(askedOfEmpty.length, 3);
});

test('a queue that was empty is asked beside the next, and the less urgent task is put back', async () => {
  let full: Priority[] = ['normal', 'low'];
  const waits: (() => void)[] = [];
  const { queues, asked, hand, underWay } = queuesThatAnswer(async (priority) => {
    await new Promise<void>((resolve) => waits.push(resolve));
    return full.includes(priority);
  });
  const emptySince: EmptySince = new Map([['high', 0]]);
  let now = 1_000_000;
  const order: Priority[] = ['high', 'normal', 'low'];
  const next = async () => {
    asked.length = 0;
    const found = receiveNextUrgent(queues, 'kimi', order, 50, hand, emptySince, () => now);
    for (let turn = 0; turn < 3; turn += 1) {
      await new Promise(setImmediate);
      for (const answer of waits.splice(0)) answer();
    }
    now += 1_000;
    return (await found)?.priority;
  };
  assert.equal(await next(), 'normal');
  assert.deepEqual(
    asked,
    ['high 0', 'normal 0'],
    'low is not looked into while there may be something before it',
  );
  full = ['high', 'normal'];
  assert.equal(await next(), 'high');
  await Promise.all(underWay);
  assert.deepEqual(asked, ['high 0', 'normal 0', 'normal shows in 0']);
  assert.equal(await next(), 'high');
  assert.deepEqual(asked, ['high 0'], 'which had something: the next is asked only after it');
});

test('a poll that fails beside one that finds a task is told of, alone it is thrown', async () => {
  let full = true;
  const { queues, hand, underWay } = queuesThatAnswer((priority) => {
    if (priority === 'high') throw new Error('ill');
    return full;
  });
  const next = () =>
    receiveNextUrgent(queues, 'kimi', ['high', 'normal'], 50, hand, new Map([['high', 0]]), () => 1_000);
  assert.equal((await next())?.priority, 'normal');
  await assert.rejects(async () => underWay[0], /ill/);
  full = false;
  await assert.rejects(next(), /ill/);
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
