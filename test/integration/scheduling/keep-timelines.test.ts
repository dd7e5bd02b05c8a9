import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { costOf } from '../../../core/tasks/task.ts';
import { elsewhere, error, leaseMs, now, recordOf, result, useTaskRows } from './use-task-rows.ts';

const { claim, create, open, openAfterLostAnswers, read, rowOf } = useTaskRows();

describe('the timeline', () => {
  test('keeps what each attempt was, in order, over providers and retries', async () => {
    const task = await create();
    const first = await claim(task);
    const failed = { outcome: 'retrying', code: 'provider_error', usage: null, costUsd: 0 } as const;
    const one = recordOf(first, now + 10, { ...failed, waitedFor: null });
    await open().retryLater(first, error, now + 20, one);
    const second = await claim(task, now + 30);
    const usage = { promptTokens: 10, completionTokens: 0, cachedPromptTokens: 8 };
    const two = recordOf(second, now + 40, { ...failed, usage, costUsd: 0.5 });
    await open().moveTo(second, elsewhere, error, two, now + 40);
    const third = await claim({ ...task, provider: 'qwen' }, now + 50);
    const three = recordOf(third, now + 60);
    await open().complete(third, result, three);
    assert.deepEqual((await read(task)).timeline, [one, two, three]);
    assert.deepEqual(
      [one.provider, two.provider, three.provider, three.attempt],
      [task.provider, task.provider, 'qwen', 3],
    );
  });

  test('holds the last ten attempts, and no more than 1 KB of the row', async () => {
    const short = { usage: null, waitedFor: null, costUsd: 0 };
    for (const [model, members, expected] of [
      ['m', short, 10],
      ['a-provider/a-model-with-a-rather-long-name-2026-11-22', {}, 7],
    ] as const) {
      const task = await create({ model });
      for (let attempt = 1; attempt <= 12; attempt += 1) {
        const at = now + attempt * 1_000;
        const claimed = await claim(task, at);
        await open().retryLater(claimed, error, at, recordOf(claimed, at + 10, members));
      }
      const bytes = Buffer.byteLength(String((await rowOf(task)).timeline));
      assert.ok(bytes <= 1_024, `${bytes} bytes`);
      const kept = (await read(task)).timeline.map(({ attempt }) => attempt);
      assert.equal(kept.length, expected, model);
      const latest = Array.from({ length: expected }, (_, index) => 13 - expected + index);
      assert.deepEqual(kept, latest, 'the oldest go first');
      assert.equal(costOf(await read(task)), model === 'm' ? 0 : 12 * recordOf(task, now).costUsd);
    }
  });

  test('shows the attempt too whose task was ended by another, and that is no event', async () => {
    const task = await create();
    const claimed = await claim(task);
    await open().cancel(task, now + 5);
    const ended = await read(task);
    const record = recordOf(claimed, now + 9, { outcome: 'cancelled' });
    await open().recordAttempt(ended, record);
    await openAfterLostAnswers().recordAttempt(ended, record);
    const { timeline, version, status } = await read(task);
    assert.deepEqual([timeline, version, status], [[record], ended.version, 'cancelled']);
  });

  test('takes the record of an attempt that lost its task only when that has ended, in its place', async () => {
    const task = await create();
    const lost = await claim(task);
    const held = await claim(task, now + leaseMs + 1);
    const late = recordOf(lost, now + leaseMs + 5);
    await open().recordAttempt(await read(task), late);
    assert.deepEqual((await read(task)).timeline, []);
    const last = recordOf(held, now + leaseMs + 9);
    await open().complete(held, result, last);
    await open().recordAttempt(await read(task), late);
    assert.deepEqual((await read(task)).timeline, [late, last]);
  });
});
