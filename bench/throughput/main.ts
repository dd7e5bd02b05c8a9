import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createProgress } from '../progress.ts';
import { startRecordingProvider } from '../scheduling/provider-report.ts';
import { startBullmqQueue } from './bullmq-queue.ts';
import { startRedisServer } from './redis-server.ts';
import type { Bench, Figure, Row } from './row.ts';
import { backlogs } from './rows/backlog.ts';
import { cold } from './rows/cold.ts';
import { growth } from './rows/growth.ts';
import { memory } from './rows/memory.ts';
import { submit } from './rows/submit.ts';
import { tasks } from './rows/tasks.ts';
import { where } from './rows/where.ts';
import { startServiceQueue } from './service-queue.ts';

/**
 * npm run bench:throughput [-- --only submit] [--without-bullmq] [--json file]
 *
 * How much a machine does, beside BullMQ on a Redis that keeps what it is given: service, provider and Redis each in processes
 * of their own. `--only` takes the rows whose names begin so. All of it takes about ten minutes.
 */
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    json: { type: 'string' },
    'without-bullmq': { type: 'boolean', default: false },
  },
});
const rows: Row[] = [tasks, submit, ...backlogs, cold, memory, ...growth, where].filter(({ name }) =>
  name.startsWith(values.only),
);
const provider = await startRecordingProvider();
const withBullmq = !values['without-bullmq'] && (await hasRedis());
const figures: Figure[] = [];
try {
  for (const { name, run } of rows) {
    const progress = createProgress(name.padEnd(17));
    const queues: Bench['queues'] = withBullmq ? [startServiceQueue, startBullmqQueue] : [startServiceQueue];
    const own = await run({ provider, queues, tell: progress.tell });
    progress.end('done');
    for (const figure of own) console.log(describe(figure));
    figures.push(...own);
  }
} finally {
  provider.stop();
}
if (values.json)
  await writeFile(
    values.json,
    `${JSON.stringify({ at: new Date().toISOString(), node: process.version, figures }, null, 2)}\n`,
  );

async function hasRedis(): Promise<boolean> {
  try {
    await (await startRedisServer()).stop();
    return true;
  } catch (error) {
    console.error(
      `BullMQ is left out, for there is no Redis: ${(error as Error).message}. Install redis-server (such as by ` +
        '`apt-get install redis-server`), or set REDIS_SERVER to its program.',
    );
    return false;
  }
}

function describe({ what, value, unit, bar }: Figure): string {
  const digits = Math.abs(value) < 10 ? 2 : 0;
  const line = `  ${what.padEnd(75)} ${value.toFixed(digits).padStart(7)} ${unit}`;
  if (!bar) return line;
  const met = 'atMost' in bar ? value <= bar.atMost : value >= bar.atLeast;
  const asked = 'atMost' in bar ? `≤ ${bar.atMost}` : `≥ ${bar.atLeast}`;
  return `${line}  bar ${asked}: ${met ? 'met' : 'MISSED'}`;
}
