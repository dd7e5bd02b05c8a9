/**
 * npm run bench:outages [-- --outage 600 --tasks 500 --batches 20 --only state --small --json file]
 *
 * Is anything lost when AWS is ill for some minutes? Each way out of the service, one after the other, refuses every
 * request for `--outage` seconds, and then the publisher itself cannot start; meanwhile batches of tasks are submitted and
 * run. Afterwards every final event must have come over WebSockets, webhooks and the bus, every batch be completed, by one
 * event, and the statistics say what the rows say.
 *
 * Ten minutes are 600. By default an outage lasts 60 s, and schedules run ten times as often (a minute is six seconds);
 * the delays after which a channel repeats its share (30 s to five minutes) are the real ones. `--small`: 20 s, 60 tasks.
 */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createProgress } from '../progress.ts';
import { ReconnectingClient } from '../reconnecting-client.ts';
import { startService } from '../start-service.ts';
import { startFlakyReceiver } from './flaky-receiver.ts';
import { type Illness, illnesses } from './illnesses.ts';
import { type Measure, printTable } from './measure.ts';
import { createSubmitBatch, type SubmittedBatch } from './submit-batch.ts';
import { compareStatistics, countOpenBatches, countRows, watchBus } from './watch-channels.ts';

const { values } = parseArgs({
  options: {
    outage: { type: 'string' },
    tasks: { type: 'string' },
    batches: { type: 'string' },
    /** A part of an illness's name. */
    only: { type: 'string', default: '' },
    small: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const outageMs = Number(values.outage ?? (values.small ? 20 : 60)) * 1_000;
const tasksPerOutage = Number(values.tasks ?? (values.small ? 60 : 500));
const batchesPerOutage = Number(values.batches ?? (values.small ? 6 : 20));
/** After an outage of minutes a share may wait five more. */
const patienceMs = 7 * 60_000;
const secondsPerMinute = outageMs >= 600_000 ? 60 : 6;

const progress = createProgress('outages');
const secret = `whsec_${randomBytes(32).toString('base64')}`;
progress.tell('starting the service');
const service = await startService({
  LLM_WEBHOOK_SECRET: secret,
  LLM_LOCAL_SCHEDULE_SECONDS: String(secondsPerMinute),
  LLM_CONCURRENCY_SIMULATED: '10',
  LLM_TASK_TIMEOUT: '1h',
  SIMULATED_BASE_URL: 'simulated://default?latency_ms=100&jitter=0.5&error_rate=0.02',
});
const receiver = await startFlakyReceiver(secret, { fails: 0, hangs: 0, redirects: 0 });
const bus = watchBus(service);
const startedAt = new Date().toISOString();
const clients = {
  ofAll: new ReconnectingClient(service.host.wsUrl, undefined, { taskIds: [], batchIds: [] }, startedAt),
  ofBatches: new ReconnectingClient(service.host.wsUrl, undefined, { taskIds: [], batchIds: [] }, startedAt),
};
const all: SubmittedBatch[] = [];
const submitNumbered = createSubmitBatch(service.client, receiver.url);

async function submitBatch(size: number): Promise<SubmittedBatch> {
  const batch = await submitNumbered(size);
  all.push(batch);
  return batch;
}

/** What some batches still lack, by channel. */
async function countMissing(batches: SubmittedBatch[]) {
  const tasks = batches.flatMap((batch) => batch.tasks);
  const subjects = [...tasks, ...batches.map(({ id }) => id)];
  const lacking = (ids: string[], got: Set<string>) => ids.filter((id) => !got.has(id)).length;
  const frames = Object.values(clients).map(
    ({ ended, completedBatches }) =>
      lacking(tasks, ended) +
      lacking(
        batches.map(({ id }) => id),
        completedBatches,
      ),
  );
  return {
    frames: frames.reduce((sum, each) => sum + each, 0),
    webhooks: lacking(subjects, receiver.subjects),
    onBus: lacking(subjects, bus.subjects),
    open: await countOpenBatches(service, batches),
    statistics: await compareStatistics(service, await countRows(service, all)),
  };
}

/** Submits over the time of the illness, ends it, and waits until nothing is missing. */
async function run({ name, begin }: Illness): Promise<Measure[]> {
  progress.tell(`${name}: it begins`);
  const batches: SubmittedBatch[] = [];
  const end = begin(service);
  const beganAt = Date.now();
  for (let index = 0; index < batchesPerOutage; index += 1) {
    const batch = await submitBatch(Math.ceil(tasksPerOutage / batchesPerOutage));
    batches.push(batch);
    clients.ofBatches.subscribeToBatch(batch.id);
    progress.tell(`${name}: ${index + 1} batches sent`);
    await sleep(Math.max(0, beganAt + ((index + 1) * outageMs) / batchesPerOutage - Date.now()));
  }
  end();
  const endedAt = Date.now();
  let missing = await countMissing(batches);
  while (Object.values(missing).some((count) => count > 0) && Date.now() < endedAt + patienceMs) {
    progress.tell(`${name}: it is over, ${JSON.stringify(missing)} missing`);
    await sleep(1_000);
    missing = await countMissing(batches);
  }
  const seconds = ((Date.now() - endedAt) / 1000).toFixed(0);
  const twice = batches.filter(({ id }) => (bus.eventIds.get(id)?.size ?? 0) > 1).length;
  const zero = (what: string, count: number): Measure => ({
    what: `${name}: ${what}`,
    bar: '0',
    measured: String(count),
    met: count === 0,
  });
  progress.end(`${name}: ${JSON.stringify(missing)} missing, ${seconds} s after its end`);
  return [
    zero('final events never sent to a WebSocket', missing.frames),
    zero('final events never delivered by webhook', missing.webhooks),
    zero('final events never put on the bus', missing.onBus),
    zero('batches open', missing.open),
    zero('batches with more than one batch.completed', twice),
    zero('statistics differ from the rows by', missing.statistics),
    { what: `${name}: all was there after its end in`, bar: '', measured: `${seconds} s` },
  ];
}

await clients.ofAll.connect();
await submitBatch(1);
await clients.ofBatches.connect();
const measures: Measure[] = [];
for (const illness of illnesses.filter(({ name }) => name.includes(values.only)))
  measures.push(...(await run(illness)));

console.log(
  `outages of ${outageMs / 1000} s, ${tasksPerOutage} tasks in ${batchesPerOutage} batches each; a minute of the schedules is ${secondsPerMinute} s`,
);
printTable(measures);
if (values.json)
  await writeFile(values.json, `${JSON.stringify({ at: startedAt, outageMs, measures }, undefined, 2)}\n`);
for (const client of Object.values(clients)) client.stop();
bus.stop();
receiver.close();
await service.stop();
process.exit(measures.every(({ met }) => met !== false) ? 0 : 1);
