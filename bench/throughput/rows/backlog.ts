import { warmUp } from '../measure-run.ts';
import { compare, type Row } from '../row.ts';
import { type Backlog, backlogFigures, describeBacklog, workOff } from '../urgent.ts';

const row = (limit: number, bar: number): Row => ({
  name: `backlog-${limit}`,
  run: (bench) =>
    compare(bench, limit, async (queue) => {
      await warmUp(queue, bench.provider, 10 * limit);
      const backlog: Backlog = { low: 400, high: 20, serviceMs: 400, limit };
      const worked = await workOff(queue, bench.provider, backlog);
      return backlogFigures(`${describeBacklog(backlog)}, warm`, worked, { ratio: bar });
    }),
});

export const backlogs: Row[] = [row(10, 1.08), row(40, 1.15)];
