import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nothingTold, type Progress, Told, textDelta } from '../../../../core/answers/told.ts';
import type { Task } from '../../../../core/tasks/task.ts';
import { makeResult, makeTask } from '../../../make-task.ts';

const running = (attempts = 1) => makeTask({ status: 'processing', attempts });
const completed = (content: string, attempts = 1): Task =>
  makeTask({
    status: 'completed',
    attempts,
    result: makeResult({ content }),
  });

/** What a reader has in the end, and how often it was told to begin anew. */
function read(steps: Iterable<Progress>[]) {
  let text = '';
  let restarts = 0;
  for (const step of steps.flatMap((each) => [...each])) {
    if (step.kind === 'restart') {
      text = '';
      restarts += 1;
    }
    if (step.kind === 'delta') {
      assert.equal(step.position, text.length, 'a piece says where it begins');
      text += step.delta.choices[0]?.delta.content ?? '';
    }
  }
  return { text, restarts };
}

test('pieces that were told are not told again, wherever they overlap', () => {
  const told = new Told(nothingTold);
  const task = running();
  const steps = [
    told.delta(task, 1, textDelta('abc'), 0),
    told.delta(task, 1, textDelta('abc'), 0),
    told.delta(task, 1, textDelta('bcde'), 1),
    told.delta(task, 1, textDelta('f')),
  ].map((step) => [...step]);
  assert.deepEqual(read(steps), { text: 'abcdef', restarts: 0 });
});

test('after a piece that is missing nothing is told until the answer is whole', () => {
  const told = new Told(nothingTold);
  const steps = [
    [...told.delta(running(), 1, textDelta('abc'), 0)],
    [...told.delta(running(), 1, textDelta('ghi'), 6)],
    [...told.end(completed('abcdefghi'))],
  ];
  assert.deepEqual(read(steps), { text: 'abcdefghi', restarts: 0 });
});

test('another attempt makes what was told void, but only where something was told', () => {
  const told = new Told(nothingTold);
  const steps = [
    [...told.delta(running(1), 1, textDelta('ab'))],
    [...told.delta(running(2), 2, textDelta('xyz'))],
    [...told.delta(running(2), 1, textDelta('late'))],
    [...told.end(completed('xyz', 2))],
  ];
  assert.deepEqual(read(steps), { text: 'xyz', restarts: 1 });
  const quiet = new Told(nothingTold);
  assert.deepEqual(read([[...quiet.delta(running(2), 2, textDelta('xyz'))]]), { text: 'xyz', restarts: 0 });
});

test('an answer that is another than was told begins anew', () => {
  const told = new Told(nothingTold);
  const steps = [[...told.delta(running(), 1, textDelta('{"a": 1'))], [...told.end(completed('{"a":2}'))]];
  assert.deepEqual(read(steps), { text: '{"a":2}', restarts: 1 });
});

test('a reader who comes back gets the rest of the attempt, or all of a later one', () => {
  const rest = [...new Told({ attempt: 1, position: 3 }).end(completed('abcdef'))];
  assert.deepEqual(
    rest.map((step) =>
      step.kind === 'delta' ? [step.position, step.delta.choices[0]?.delta.content] : step.kind,
    ),
    [[3, 'def'], 'ended'],
  );
  const later = [...new Told({ attempt: 1, position: 3 }).end(completed('xyz', 2))];
  assert.deepEqual(
    later.map(({ kind }) => kind),
    ['restart', 'delta', 'ended'],
  );
  const whole = [...new Told({ attempt: 1, position: 6 }).end(completed('abcdef'))];
  assert.deepEqual(
    whole.map(({ kind }) => kind),
    ['ended'],
  );
});

test('a state is told when the status or the attempt changes, but none that is older', () => {
  const told = new Told(nothingTold);
  const at = (version: number, task: Task) => ({ ...task, version });
  const tasks = [
    at(1, makeTask()),
    at(1, makeTask()),
    at(2, running(1)),
    at(1, makeTask()),
    at(2, running(1)),
    at(4, running(2)),
  ];
  const counts = tasks.map((task) => [...told.state(task)].length);
  assert.deepEqual(counts, [1, 0, 1, 0, 0, 1]);
});

test('a cut in the middle of a piece leaves its other choices whole', () => {
  const told = new Told({ attempt: 1, position: 2 });
  const piece = {
    choices: [
      { index: 1, delta: { content: 'other' }, finish_reason: null },
      { index: 0, delta: { content: 'abcd' }, finish_reason: null },
    ],
  };
  const [step] = [...told.delta(running(), 1, piece, 0)];
  assert.deepEqual(step?.kind === 'delta' && step.delta.choices.map(({ delta }) => delta.content), [
    'other',
    'cd',
  ]);
});

test('a provider’s limits are told apart from the answer', () => {
  const told = new Told(nothingTold);
  const rateLimits = { 'x-ratelimit-limit-requests': '9' };
  assert.deepEqual(
    [...told.delta(running(), 1, { choices: [], rateLimits })],
    [{ kind: 'limits', rateLimits }],
  );
  assert.deepEqual([...told.delta(running(), 1, { choices: [] })], []);
});
