import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttemptRecord, TaskResult } from '../../../../core/tasks/task.ts';
import { toWireTask, toWireTaskWith, WireTask } from '../../../../core/tasks/task-wire.ts';
import { makeTask, start } from '../../../make-task.ts';

const record: AttemptRecord = {
  attempt: 2,
  provider: 'kimi',
  model: 'kimi-k2.6',
  waitedFor: 'requests',
  startedAt: start,
  endedAt: start + 900,
  outcome: 'completed',
  code: null,
  usage: { promptTokens: 10, completionTokens: 20, cachedPromptTokens: 8 },
  costUsd: 0.5,
};

const result: TaskResult = {
  content: 'answer',
  finishReason: 'stop',
  cached: true,
  usage: { promptTokens: 1, completionTokens: 1 },
  costUsd: 0,
  latencyMs: 0,
};

const timelineOf = (members: Parameters<typeof makeTask>[0]) =>
  WireTask.parse(toWireTaskWith(makeTask(members), 'timeline')).timeline;

test('an attempt is told in just the members of the contract', () => {
  assert.deepEqual(timelineOf({ timeline: [record] }), [
    {
      attempt: 2,
      provider: 'kimi',
      model: 'kimi-k2.6',
      waited_for: 'requests',
      started_at: new Date(start).toISOString(),
      ended_at: new Date(start + 900).toISOString(),
      outcome: 'completed',
      code: null,
      usage: { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 },
      cost_usd: 0.5,
    },
  ]);
});

test('a failed call tells its code, and no usage where its provider told none', () => {
  const [attempt] =
    timelineOf({ timeline: [{ ...record, outcome: 'failed', code: 'timeout', usage: null }] }) ?? [];
  assert.deepEqual([attempt?.outcome, attempt?.code, attempt?.usage], ['failed', 'timeout', null]);
});

test('a task has no timeline unless it is asked for, and one without an attempt an empty one', () => {
  const task = makeTask({ timeline: [record] });
  assert.deepEqual(toWireTaskWith(task, undefined), toWireTask(task));
  assert.equal('timeline' in toWireTask(task), false);
  for (const status of ['queued', 'cancelled', 'failed'] as const)
    assert.deepEqual(timelineOf({ status }), [], status);
});

test('an answer without a call comes last, as no attempt, with what was waited for', () => {
  const ended = { status: 'completed', completedAt: start + 3_000, result } as const;
  const [only, ...rest] = timelineOf(ended) ?? [];
  assert.deepEqual([only?.attempt, only?.waited_for, only?.usage, only?.cost_usd], [0, null, null, 0]);
  assert.deepEqual([only?.started_at, only?.ended_at], Array(2).fill(new Date(start + 3_000).toISOString()));
  assert.deepEqual(rest, []);
  const failed = { ...record, outcome: 'retrying', code: 'provider_error' } as const;
  const after = timelineOf({ ...ended, timeline: [failed], waitedFor: 'equal_task' }) ?? [];
  assert.deepEqual(
    after.map(({ attempt, outcome, waited_for }) => [attempt, outcome, waited_for]),
    [
      [2, 'retrying', 'requests'],
      [0, 'completed', 'equal_task'],
    ],
  );
});
