import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serveWhileWaiting } from '../../../../core/webhooks/serve-while-waiting.ts';

/** A queue of messages, each handled in so many milliseconds of a mocked clock. */
function setUp(t: import('node:test').TestContext, waiting: number[], receivesForMs = 30_000) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 0 });
  const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const handled: [durationMs: number, at: number][] = [];
  const errors: unknown[] = [];
  let receives = 0;
  const serve = (batch: Promise<unknown>) =>
    serveWhileWaiting(batch, {
      async receive(waitSeconds) {
        receives += 1;
        if (waiting.length === 0) await sleep(waitSeconds * 1_000);
        return waiting.splice(0, 10);
      },
      async handle(durationMs) {
        if (durationMs < 0) throw new Error('comes again');
        await sleep(durationMs);
        handled.push([durationMs, Date.now()]);
      },
      receivesUntil: receivesForMs,
      clock: Date.now,
      sleep,
      onError: (error) => void errors.push(error),
    });
  /** Until it has resolved; answers when. */
  async function run(batch: Promise<unknown>): Promise<number> {
    let endedAt: number | undefined;
    void serve(batch).then(() => {
      endedAt = Date.now();
    });
    while (endedAt === undefined) {
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      await new Promise(setImmediate);
      if (endedAt === undefined) t.mock.timers.tick(100);
    }
    return endedAt;
  }
  return { run, sleep, handled, errors, waiting, receives: () => receives };
}

test('a batch that ends soon is all that is served', async (t) => {
  const { run, sleep, receives, waiting } = setUp(t, [10, 10]);
  await run(sleep(300));
  assert.equal(receives(), 0);
  assert.equal(waiting.length, 2);
});

test('while a batch hangs, what waits is handled at once', async (t) => {
  const { run, sleep, handled } = setUp(t, [100, 10_000, ...Array.from({ length: 30 }, () => 100)]);
  const endedAt = await run(sleep(10_000));
  assert.equal(handled.length, 32);
  const late = handled.filter(([durationMs, at]) => durationMs === 100 && at > 2_000);
  assert.deepEqual(late, []);
  assert.ok(endedAt >= 10_500, 'it waits for what it took');
});

test('at most fifty are under way, and nothing is taken that could not end in time', async (t) => {
  const { run, sleep, waiting } = setUp(
    t,
    Array.from({ length: 100 }, () => 20_000),
    5_000,
  );
  await run(sleep(8_000));
  assert.ok(waiting.length >= 41 && waiting.length <= 60, String(waiting.length));
});

test('one that is to come again ends nothing', async (t) => {
  const { run, sleep, handled } = setUp(t, [-1, 100]);
  await run(sleep(2_000));
  assert.equal(handled.length, 1);
});
