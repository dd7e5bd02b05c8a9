import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventId, readEventId, toStreamEvents } from '../../../../core/answers/event-stream.ts';
import { nothingTold, type Place, type Progress, Told, textDelta } from '../../../../core/answers/told.ts';
import { makeTask } from '../../../make-task.ts';

async function eventsOf(progress: Progress[], from?: Place) {
  async function* told() {
    yield* progress;
  }
  const events = [];
  for await (const event of toStreamEvents(told(), from)) events.push(event);
  return events;
}

const numberOf = (id: string) => Number(id.split(':')[1]);
const task = makeTask({ status: 'processing', attempts: 1 });

test('ids only grow, and each says from where on to go on', async () => {
  const told = new Told(nothingTold);
  const again = makeTask({ status: 'processing', attempts: 2 });
  const events = await eventsOf([
    ...told.state(makeTask()),
    ...told.state(task),
    ...told.delta(task, 1, textDelta('ab')),
    ...told.delta(task, 1, textDelta('c')),
    ...told.delta(again, 2, textDelta('xy')),
    { kind: 'ended', task: makeTask({ status: 'failed', attempts: 2 }) },
  ]);
  assert.deepEqual(
    events.map(({ event, data }) => [event, (data as { content?: string }).content]),
    [
      ['status', undefined],
      ['status', undefined],
      ['delta', 'ab'],
      ['delta', 'c'],
      ['status', undefined],
      ['delta', 'xy'],
      ['failed', undefined],
    ],
  );
  assert.equal((events[4]?.data as { restart?: boolean } | undefined)?.restart, true);
  const numbers = events.map(({ id }) => numberOf(id));
  assert.deepEqual(
    numbers,
    [...numbers].sort((one, other) => one - other),
  );
  assert.equal(new Set(numbers).size, numbers.length);
  assert.deepEqual(readEventId(events[3]?.id ?? ''), { taskId: task.taskId, attempt: 1, position: 3 });
  assert.deepEqual(readEventId(events[6]?.id ?? ''), { taskId: task.taskId, attempt: 2, position: 2 });
});

test('a reader who comes back is not told a place before its own', async () => {
  const from = { attempt: 1, position: 3 };
  const told = new Told(from);
  const events = await eventsOf([...told.state(task), ...told.delta(task, 1, textDelta('abcde'), 0)], from);
  assert.deepEqual(
    events.map(({ id }) => readEventId(id).position),
    [3, 5],
  );
  assert.deepEqual(events[1]?.data, { content: 'de' });
});

test('only a completed task ends as completed', async () => {
  for (const [status, event] of [
    ['completed', 'completed'],
    ['failed', 'failed'],
    ['cancelled', 'failed'],
  ] as const) {
    const [last] = await eventsOf([{ kind: 'ended', task: makeTask({ status }) }]);
    assert.equal(last?.event, event);
    assert.equal((last?.data as { status: string } | undefined)?.status, status);
  }
});

test('an id that no event has is refused', () => {
  for (const text of [
    '',
    'task_1',
    'task_1:',
    'task_1:-1',
    'task_1:1.5',
    ':5',
    'a b:5',
    `task_1:${'9'.repeat(16)}`,
  ])
    assert.throws(() => readEventId(text), { code: 'invalid_request' }, text);
  assert.deepEqual(readEventId(eventId('task_1', { attempt: 4, position: 77 }, true)), {
    taskId: 'task_1',
    attempt: 4,
    position: 77,
  });
});
