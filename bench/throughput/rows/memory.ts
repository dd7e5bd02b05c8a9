import { setTimeout as sleep } from 'node:timers/promises';
import { startByNpm } from '../npm-start.ts';
import { residentMibOf } from '../process-figures.ts';
import type { Row } from '../row.ts';

/** Until what a start does in the background is done. */
const settleMs = 8_000;

export const memory: Row = {
  name: 'memory',
  async run({ provider, tell }) {
    tell('npm start');
    const service = await startByNpm({ provider: provider.baseUrls.local, limit: 20 });
    try {
      await sleep(settleMs);
      const idle = residentMibOf(service.pid);
      await provider.reset({ serviceMs: 400 });
      await service.submitAll(Array.from({ length: 500 }, () => ({})));
      await service.drain();
      const used = residentMibOf(service.pid);
      return [
        { what: 'npm start: memory, idle', value: idle, unit: 'MiB', bar: { atMost: 220 } },
        {
          what: 'npm start: memory after 500 tasks of 400 ms, limit 20',
          value: used,
          unit: 'MiB',
          bar: { atMost: 450 },
        },
      ];
    } finally {
      await service.stop();
    }
  },
};
