import { startByNpm } from '../npm-start.ts';
import type { Row } from '../row.ts';
import { type Backlog, backlogFigures, describeBacklog, workOff } from '../urgent.ts';

const backlog: Backlog = { low: 150, high: 12, serviceMs: 400, limit: 6 };

/** Nothing is warm but what is made so before `npm start` says that it serves. */
export const cold: Row = {
  name: 'cold',
  async run({ provider, tell }) {
    tell('npm start');
    const service = await startByNpm({ provider: provider.baseUrls.local, limit: backlog.limit });
    try {
      const worked = await workOff(service, provider, backlog);
      const what = `service: ${describeBacklog(backlog)}, right after npm start`;
      return backlogFigures(what, worked, { ratio: 1.15, wait: 1.5 });
    } finally {
      await service.stop();
    }
  },
};
