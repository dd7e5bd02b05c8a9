import { test } from 'node:test';
import * as fc from 'fast-check';
import { runScenario } from './run-scenario.ts';
import { anyScenario } from './scenario.ts';

// More runs, or those of one seed: RUNS=3000 SEED=1 node --test test/unit/core/model/admission.test.ts
const { RUNS, SEED } = process.env;
const parameters = { ...(SEED !== undefined && { seed: Number(SEED) }) };

test('whatever happens in whatever order, limits hold, tasks end once, and nothing is left', async (t) => {
  await fc.assert(
    fc.asyncProperty(anyScenario, async (scenario) => {
      try {
        await runScenario(t, scenario);
      } finally {
        t.mock.timers.reset();
      }
    }),
    { numRuns: Number(RUNS ?? 40), ...parameters },
  );
});
