import type { Bench, Measure, Scenario } from '../scenario.ts';
import { slidingMinutes } from '../sliding-minutes.ts';
import type { TaskPlan } from '../task-plan.ts';

const perMinute = 300;
const fewestAllowed = 0.95 * perMinute;
const serviceMs = 50;
const settings = { LLM_CONCURRENCY_LOCAL: '10', LLM_RPM_LOCAL: String(perMinute) };

async function countCalls(bench: Bench, plans: readonly TaskPlan[]) {
  // Starts that fall into the cold starts of all workers are missed: the rate is measured warm.
  await bench.submit(40);
  await bench.drain(60_000);
  await bench.provider.reset({ serviceMs });
  await bench.submitAll(plans);
  await bench.drain(600_000);
  const { calls } = await bench.provider.report();
  return { calls, minutes: slidingMinutes(calls.map(({ startedAt }) => ({ startedAt, weight: 1 }))) };
}

async function anyMinute(bench: Bench): Promise<Measure[]> {
  const { calls, minutes } = await countCalls(
    bench,
    Array.from({ length: 1_000 }, () => ({})),
  );
  const { fewest, most } = minutes;
  return [
    {
      what: `calls in any minute, limit ${perMinute}, ${calls.length} tasks, warm`,
      bar: `${fewestAllowed} … ${perMinute}`,
      measured: `${fewest} … ${most}`,
      met: fewest >= fewestAllowed && most <= perMinute,
    },
  ];
}

const groups = 20;

/** Every second task is one of twenty groups of thirty equal ones: one call each, and a start that none may keep. */
async function withEqualTasks(bench: Bench): Promise<Measure[]> {
  const plans = Array.from({ length: 1_200 }, (_, n): TaskPlan => {
    return n % 2 === 0 ? {} : { equal: ((n - 1) / 2) % groups };
  });
  const { calls, minutes } = await countCalls(bench, plans);
  const share = minutes.fewest / perMinute;
  return [
    {
      what: 'requests a minute, half of 1,200 tasks equal and cached: share that real calls reach',
      bar: '≥ 95 %',
      measured: `${(share * 100).toFixed(1)} % (${minutes.fewest} … ${minutes.most} in any minute, ${calls.length} calls)`,
      met: share >= 0.95 && minutes.most <= perMinute,
    },
  ];
}

export const rates: Scenario[] = [
  { name: 'rate 300 a minute', settings, serviceMs, run: anyMinute },
  { name: 'rate with equal tasks', settings, serviceMs, run: withEqualTasks },
];
