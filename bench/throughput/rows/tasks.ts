import { measureRun, warmUp } from '../measure-run.ts';
import { compare, type Figure, type Row } from '../row.ts';

const count = 600;
const limit = 20;

/** What one task costs a machine: many of them, and a provider that answers at once. */
export const tasks: Row = {
  name: 'tasks',
  run: (bench) =>
    compare(bench, limit, async (queue) => {
      await warmUp(queue, bench.provider, 600);
      await bench.provider.reset({ serviceMs: 0 });
      const plans = Array.from({ length: count }, () => ({}));
      const { seconds, handedInMs, cpuMs } = await measureRun(queue, bench.provider, () =>
        queue.submitAll(plans),
      );
      const own = Object.values(cpuMs).reduce((sum, ms) => sum + ms, 0);
      const figures: Figure[] = [
        { what: 'tasks a second, end to end', value: count / seconds, unit: '/s', bar: { atLeast: 120 } },
        { what: 'batch of 600 handed in', value: handedInMs, unit: 'ms', bar: { atMost: 600 } },
        { what: 'CPU of a task, whole machine', value: own / count, unit: 'ms', bar: { atMost: 15 } },
      ];
      const parts = Object.entries(cpuMs).map(([name, ms]) => ({
        what: `CPU of a task, ${name}`,
        value: ms / count,
        unit: 'ms',
      }));
      return [...figures, ...parts];
    }),
};
