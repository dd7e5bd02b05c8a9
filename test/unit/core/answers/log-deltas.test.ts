import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDeltaLogger, logEveryMs } from '../../../../core/answers/log-deltas.ts';
import { firstText, mergeDeltas } from '../../../../core/answers/merge-deltas.ts';
import { textDelta } from '../../../../core/answers/told.ts';
import { createMemoryDeltaLog } from '../../../fakes/scheduling/memory-delta-log.ts';

const key = { tenant: 'default', taskId: 'task_1' };

test('the first piece is written at once, the others together, each where it begins', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const log = createMemoryDeltaLog();
  const errors: unknown[] = [];
  const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const sink = createDeltaLogger({ log, sleep, onError: (error) => errors.push(error) })(key, 3);
  for (const text of ['He', 'l', 'lo', ' you']) sink.take(textDelta(text));
  const tick = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    t.mock.timers.tick(logEveryMs);
    await new Promise((resolve) => setImmediate(resolve));
  };
  await tick();
  sink.take(textDelta('!'));
  await sink.end();
  const seen = log.entries.map(({ attempt, sequence, position, deltas }) => [
    attempt,
    sequence,
    position,
    deltas.map(firstText),
  ]);
  assert.deepEqual(seen, [
    [3, 0, 0, ['He']],
    [3, 1, 2, ['llo you']],
    [3, 2, 9, ['!']],
  ]);
});

test('an entry that cannot be written costs the answer nothing, and those after it keep their places', async () => {
  const log = createMemoryDeltaLog();
  const errors: unknown[] = [];
  let fails = true;
  const append = async (...args: Parameters<typeof log.append>) => {
    if (fails) throw new Error('no');
    return log.append(...args);
  };
  const sink = createDeltaLogger({
    log: { ...log, append },
    sleep: async () => {},
    onError: (error) => errors.push(error),
  })(key, 1);
  sink.take(textDelta('lost'));
  await sink.end();
  fails = false;
  sink.take(textDelta('kept'));
  await sink.end();
  assert.equal(errors.length, 1);
  assert.deepEqual(
    log.entries.map(({ sequence, position }) => [sequence, position]),
    [[1, 4]],
  );
});

test('only texts of the same choice are joined', () => {
  const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
  const other = { choices: [{ index: 1, delta: { content: 'x' }, finish_reason: null }] };
  const call = {
    choices: [{ index: 0, delta: { tool_calls: [{ index: 0, id: 'c' }] }, finish_reason: null }],
  };
  const logged = {
    choices: [{ index: 0, delta: { content: 'p' }, finish_reason: null, logprobs: { content: [] } }],
  };
  const merged = mergeDeltas([
    textDelta('a'),
    textDelta('b'),
    other,
    textDelta('c'),
    call,
    logged,
    textDelta('d'),
    end,
  ]);
  assert.deepEqual(merged, [textDelta('ab'), other, textDelta('c'), call, logged, textDelta('d'), end]);
});
