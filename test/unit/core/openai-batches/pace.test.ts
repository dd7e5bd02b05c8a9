import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenaiBatch } from '../../../../core/openai-batches/openai-batch.ts';
import { Pace } from '../../../../core/openai-batches/pace.ts';
import { portionFor } from '../../../../core/openai-batches/portion-size.ts';
import { createMemoryStates } from '../../../fakes/memory-submissions.ts';

test('a run that sees nothing move looks less and less often, and ends', () => {
  const pace = new Pace(0);
  let now = 0;
  const delays: number[] = [];
  for (;;) {
    const { delayMs, lookAt } = pace.next(now, { ended: 0, fed: 0, unended: 10 });
    if (lookAt !== undefined) break;
    delays.push(delayMs);
    now += delayMs;
  }
  assert.deepEqual(
    delays,
    delays.toSorted((a, b) => a - b),
  );
  assert.ok(now >= 10_000 && now <= 25_000 && delays.length < 12, `${now} ms, ${delays.length} looks`);
});

test('where a thousand lines last for minutes, the run ends and leaves them to the schedule', () => {
  const pace = new Pace(0);
  let now = 0;
  let unended = 1_000;
  for (; now < 60_000; now += 2_000, unended -= 2)
    if (pace.next(now, { ended: 2, fed: 0, unended }).lookAt !== undefined) break;
  assert.ok(now >= 10_000 && now <= 14_000, `${now} ms`);
});

test('a fast provider is looked at before it runs dry', () => {
  const pace = new Pace(0);
  pace.next(0, { ended: 0, fed: 250, unended: 1_000 });
  const { delayMs } = pace.next(1_000, { ended: 200, fed: 0, unended: 800 });
  assert.ok(delayMs >= 200 && delayMs <= 1_000, `${delayMs} ms`);
});

async function portion(waiting: number, unended: number, { rest = 50_000, most = 10_000 } = {}) {
  const states = await createMemoryStates({ kimi: waiting }).read();
  const batch = { total: rest, work: { nextLine: 0 } } as unknown as OpenaiBatch;
  return portionFor(batch, unended, states, most);
}

test('a portion is small beside the queue, and half of the queue is others’', async () => {
  assert.equal(await portion(0, 0), 250);
  assert.equal(await portion(0, 800), 0);
  assert.equal(await portion(4_740, 0), 250);
  assert.equal(await portion(4_800, 0), 0);
  assert.equal(await portion(0, 0, { rest: 3 }), 3);
  assert.equal(await portion(0, 0, { most: 100 }), 25);
  assert.equal(await portion(0, 0, { most: 1 }), 1);
  assert.equal(await portion(1, 0, { most: 1 }), 0);
});
