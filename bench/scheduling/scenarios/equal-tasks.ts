import { type Bench, type Measure, type Scenario, workers } from '../scenario.ts';
import { waitUntilQuiet } from '../wait-until-quiet.ts';

const tasks = 1_000;
const serviceMs = 20_000;
/** Longer than the pauses between two looks of a worker whose call takes its time. */
const quietMs = 8_000;

/** Epoch milliseconds at which the last task ended. */
async function lastEnd(bench: Bench): Promise<number> {
  let last = 0;
  for await (const { completed_at: at } of bench.service.client.listAll())
    last = Math.max(last, at === null ? Number.POSITIVE_INFINITY : Date.parse(at));
  return last;
}

async function oneCall(bench: Bench): Promise<Measure[]> {
  const { host } = bench.service;
  // Cold starts of all workers at once are the machine's.
  await bench.provider.reset({ serviceMs: 100 });
  await bench.submit(40);
  await bench.drain(60_000);
  await bench.provider.reset({ serviceMs });
  const counter = host.countRequests();
  await bench.submit(tasks, { equal: 1 });
  bench.tell('1,000 equal tasks submitted');
  await waitUntilQuiet(counter, quietMs, 300_000);
  counter.stop();
  const { calls } = await bench.provider.report();
  const late = ((await lastEnd(bench)) - Math.max(...calls.map(({ endedAt }) => endedAt ?? 0))) / 1_000;
  const requests = counter.total('requests');
  const each = requests / tasks;
  const own = counter.list().filter(({ line, caller }) => line === 'requests' && workers.test(caller));
  const byWorkers = own.reduce((sum, { count }) => sum + count, 0) / tasks;
  const what = `${tasks} equal tasks, limit 10, one call of ${serviceMs / 1_000} s`;
  return [
    { what: `${what}: calls`, bar: '1', measured: String(calls.length), met: calls.length === 1 },
    {
      what: `${what}: last task's end after the call's`,
      bar: '≤ 3 s',
      measured: `${late.toFixed(1)} s`,
      met: late <= 3,
    },
    {
      what: `${what}: AWS requests a task`,
      bar: '≤ 16',
      measured: `${each.toFixed(2)} (${byWorkers.toFixed(2)} by and for workers)`,
      met: each <= 16,
    },
  ];
}

export const equalTasks: Scenario[] = [
  { name: 'equal tasks', settings: { LLM_CONCURRENCY_LOCAL: '10' }, serviceMs, run: oneCall },
];
