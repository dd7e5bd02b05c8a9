import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { runScenario } from './run-scenario.ts';
import { anyScenario, calmScenario } from './scenario.ts';

// The same scenarios each time. Others: SEED=2 RUNS=3000 node --test <this file>; a failure prints its counterexample.
const { RUNS, SEED = '1' } = process.env;
const parameters = {
  seed: Number(SEED),
  // A counterexample that is still large is worth more than waiting for a small one.
  interruptAfterTimeLimit: RUNS === undefined ? 90_000 : 3_600_000,
};

test('whatever happens in whatever order, limits hold, tasks end once, and nothing is left', async (t) => {
  await fc.assert(
    fc.asyncProperty(anyScenario, async (scenario) => {
      try {
        await runScenario(t, scenario);
      } finally {
        t.mock.timers.reset();
      }
    }),
    { ...parameters, numRuns: Number(RUNS ?? 40) },
  );
});

test('where nothing goes wrong no message is received more than a few times, and nothing is repaired', async (t) => {
  await fc.assert(
    fc.asyncProperty(calmScenario, async (scenario) => {
      try {
        const { world } = await runScenario(t, scenario);
        const most = Math.max(0, ...world.queues.receiveCounts());
        // A task as large as most of a minute's tokens may be put off before each of some other starts.
        const bound = scenario.tokensPerMinute === undefined ? 3 : 10;
        assert.ok(most <= bound, `a message was received ${most} times`);
        assert.deepEqual(world.errors, []);
      } finally {
        t.mock.timers.reset();
      }
    }),
    { ...parameters, numRuns: Number(RUNS ?? 20) },
  );
});
