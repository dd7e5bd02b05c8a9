import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, type Measure, type Scenario, total, workers } from '../scenario.ts';

/** Crashes all workers of the moment again and again until so many have died, or no task is left for them. */
async function crashWorkers(bench: Bench, wanted: number, everyMs: number): Promise<number> {
  let crashed = 0;
  for (let left = true; left && crashed < wanted; ) {
    await sleep(everyMs);
    left = total(await bench.countEnded()) < bench.taskIds.length;
    crashed += bench.service.host.crashEnvironments(workers);
    bench.tell(`${crashed} workers crashed`);
  }
  return crashed;
}

async function mostAtOnce(
  bench: Bench,
  what: string,
  limit: number,
  tasks: number,
  crashes: number,
): Promise<Measure> {
  await bench.submit(tasks);
  const crashed = crashes > 0 ? await crashWorkers(bench, crashes, 3_000) : 0;
  await bench.drain(300_000);
  const { mostAtOnce: most, calls } = await bench.provider.report();
  const detail = `${most} (${calls.length} calls${crashed > 0 ? `, ${crashed} workers crashed` : ''})`;
  return { what, bar: `≤ ${limit}`, measured: detail, met: most <= limit };
}

export const limitsHold: Scenario[] = [
  {
    name: 'limit 10, crashes',
    settings: { LLM_CONCURRENCY_LOCAL: '10' },
    serviceMs: 100,
    run: async (bench) => [
      await mostAtOnce(bench, 'most calls at once, limit 10, 5,000 tasks, 200 crashes', 10, 5_000, 200),
    ],
  },
  {
    name: 'global limit 6, crashes',
    // Who waits for a slot does not run, so six die at a time, and the next six when their leases have ended and the sweeper
    // has looked: here it looks every ten seconds.
    settings: { LLM_CONCURRENCY_LOCAL: '10', LLM_MAX_WORKERS: '6', LLM_LOCAL_SCHEDULE_SECONDS: '10' },
    serviceMs: 100,
    async run(bench) {
      const held = await mostAtOnce(bench, 'most calls at once, LLM_MAX_WORKERS 6, 36 crashes', 6, 1_500, 36);
      bench.tell('waiting one lease time');
      await sleep(61_000);
      await bench.provider.reset({ serviceMs: 300 });
      await bench.submit(60);
      await bench.drain(60_000);
      const { mostAtOnce: most } = await bench.provider.report();
      const what = 'slots still taken, one lease time after 36 crashes';
      return [held, { what, bar: '0', measured: String(6 - most), met: most === 6 }];
    },
  },
  {
    name: 'limit of one',
    settings: { LLM_CONCURRENCY_LOCAL: '1' },
    serviceMs: 50,
    run: async (bench) => [await mostAtOnce(bench, 'most calls at once, limit 1', 1, 100, 0)],
  },
  {
    name: '3 tasks an invocation',
    settings: { LLM_CONCURRENCY_LOCAL: '10', LLM_TASKS_PER_INVOCATION: '3' },
    serviceMs: 200,
    run: async (bench) => [
      await mostAtOnce(bench, 'most calls at once, limit 10, 3 tasks an invocation', 10, 600, 0),
    ],
  },
  {
    name: 'type limit 2',
    settings: { LLM_CONCURRENCY_LOCAL: '10', LLM_TYPE_LIMITS: 'custom=2' },
    serviceMs: 100,
    run: async (bench) => [await mostAtOnce(bench, 'most calls at once, limit 2 for the type', 2, 200, 0)],
  },
];
