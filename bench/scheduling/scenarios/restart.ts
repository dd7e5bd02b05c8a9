import { setTimeout as sleep } from 'node:timers/promises';
import { type Measure, type Scenario, workers } from '../scenario.ts';

const rounds = 2;
const tasks = 8;

export const restarts: Scenario[] = [
  {
    name: 'killed workers',
    settings: { LLM_CONCURRENCY_LOCAL: '10' },
    serviceMs: 30_000,
    async run(bench): Promise<Measure[]> {
      let worst = 0;
      for (let round = 0; round < rounds; round += 1) {
        await bench.provider.reset({ serviceMs: 30_000 });
        await bench.submit(tasks, { timeout: '5m' });
        while ((await bench.provider.report()).active < tasks) await sleep(50);
        // Killed at different moments of the renewal's 20 seconds.
        await sleep(1_000 + round * 12_000);
        const killedAt = Date.now();
        await bench.provider.reset({ serviceMs: 200 });
        bench.service.host.crashEnvironments(workers);
        bench.tell(`round ${round + 1}: all workers killed`);
        await bench.drain(240_000);
        const { calls } = await bench.provider.report();
        const started =
          calls.length < tasks ? Number.POSITIVE_INFINITY : Math.max(...calls.map((call) => call.startedAt));
        worst = Math.max(worst, started - killedAt);
      }
      const measured = `${(worst / 1_000).toFixed(1)} s (${rounds * tasks} tasks)`;
      return [
        {
          what: 'killed worker to next start, worst, timeout 5 min',
          bar: '≤ 120 s',
          measured,
          met: worst <= 120_000,
        },
      ];
    },
  },
];
