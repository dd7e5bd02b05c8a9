import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../../fakes/scheduling/random.ts';
import { startWorld } from '../../../fakes/scheduling/start-world.ts';

const callMs = 5_000;

test('twenty tasks beside two thousand of another tenant end within six service times, with half of the slots', async (t) => {
  const world = startWorld(t, { providers: { kimi: 10 }, callMs });
  await world.submit(2_000, { tenant: 'many' });
  await world.advance(callMs);
  const few = await world.submit(20, { tenant: 'few' });
  const submittedAt = world.clock();
  const ids = new Set(few.map(({ taskId }) => taskId));
  const own = () => world.calls.filter(({ task }) => ids.has(task.taskId));
  await world.advance(6 * callMs);
  assert.ok(
    own().length === 20 && own().every(({ endedAt }) => (endedAt ?? Infinity) - submittedAt <= 6 * callMs),
  );
  const last = Math.max(...own().map(({ startedAt }) => startedAt));
  const meanwhile = world.calls.filter(({ startedAt }) => startedAt >= submittedAt && startedAt <= last);
  assert.ok(own().length / meanwhile.length >= 0.4, `${own().length} of ${meanwhile.length}`);
});

for (const seed of [1, 2, 3])
  test(`with crashes and lost answers every task of every tenant ends, and no lane keeps any (seed ${seed})`, async (t) => {
    const random = createRandom(seed);
    const fault = () => (random() < 0.02 ? (random() < 0.5 ? 'after' : 'before') : 'none');
    const world = startWorld(t, { providers: { kimi: 5 }, callMs: 1_000, fault });
    for (const [tenant, count] of [
      ['a', 60],
      ['b', 20],
      ['c', 5],
    ] as const) {
      await world.submit(count, { tenant });
      await world.advance(2_000);
    }
    await world.submit(10, { tenant: 'b', priority: 'high' });
    let passed = 0;
    const each = async () => {
      passed += 1;
      if (passed % 40 === 0 && passed < 400) world.crash(2);
      if (passed % 240 === 0) await world.sweep();
    };
    assert.ok(await world.drain(1_800_000, 250, each));
    assert.ok(world.store.all().every(({ status }) => status === 'completed'));
    await world.advance(120_000, 1_000);
    assert.equal(world.lanes.size(), 0);
  });
