import type { Measure, Scenario } from '../scenario.ts';

const perMinute = 300;

export const rates: Scenario[] = [
  {
    name: 'rate 300 a minute',
    settings: { LLM_CONCURRENCY_LOCAL: '10', LLM_RPM_LOCAL: String(perMinute) },
    serviceMs: 50,
    async run(bench): Promise<Measure[]> {
      // Starts that fall into the cold starts of all workers are missed: the rate is measured warm.
      await bench.submit(40);
      await bench.drain(60_000);
      await bench.provider.reset(50);
      await bench.submit(1_000);
      await bench.drain(300_000);
      const { calls } = await bench.provider.report();
      const starts = calls.map(({ startedAt }) => startedAt).toSorted((a, b) => a - b);
      const last = starts.at(-1) ?? 0;
      const minutes = starts.filter((start) => start + 60_000 <= last);
      const counts = minutes.map(
        (from) => starts.filter((start) => start >= from && start < from + 60_000).length,
      );
      const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
      return [
        {
          what: `calls in any minute, limit ${perMinute}, ${calls.length} tasks, warm`,
          bar: `285 … ${perMinute}`,
          measured: `${fewest} … ${most}`,
          met: fewest >= 285 && most <= perMinute,
        },
      ];
    },
  },
];
