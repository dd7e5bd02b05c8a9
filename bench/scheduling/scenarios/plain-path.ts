import { setTimeout as sleep } from 'node:timers/promises';
import type { Line } from '../../../local/requests/request-counter.ts';
import { ReconnectingClient } from '../../reconnecting-client.ts';
import { type Bench, type Measure, type Scenario, workers } from '../scenario.ts';
import { waitUntilQuiet } from '../wait-until-quiet.ts';

const perSecond = 10;
const seconds = 60;
const serviceMs = 500;
/** The last events are on their way for less than this. */
const quietMs = 2_000;
const publisher = /publish-task-event|count-task-changes/;
const submitters = /submit-|^client$/;

/** Requests a task of one line; `callers` narrows it down. */
type PerTask = (line: Line, callers?: RegExp) => string;

async function countRequests(
  bench: Bench,
  how: string,
  submitSecond: (startedAt: number) => Promise<void>,
): Promise<{ each: number; perTask: PerTask }> {
  const counter = bench.service.host.countRequests();
  const startedAt = Date.now();
  for (let second = 0; second < seconds; second += 1) {
    await sleep(Math.max(startedAt + second * 1_000 - Date.now(), 0));
    await submitSecond(startedAt + second * 1_000);
    bench.tell(`second ${second + 1} of ${seconds} at ${perSecond} tasks a second, ${how}`);
  }
  await waitUntilQuiet(counter, quietMs, 60_000);
  counter.stop();
  const count = (line: Line, callers = /./) =>
    counter
      .list()
      .filter((counted) => counted.line === line && callers.test(counted.caller))
      .reduce((sum, counted) => sum + counted.count, 0) /
    (perSecond * seconds);
  return { each: count('requests'), perTask: (line, callers) => count(line, callers).toFixed(2) };
}

async function plainPath(bench: Bench): Promise<Measure[]> {
  const { host } = bench.service;
  const everything = { taskIds: [], batchIds: [] };
  const follower = new ReconnectingClient(host.wsUrl, undefined, everything, new Date().toISOString());
  await follower.connect();
  await bench.submit(40);
  await bench.drain(60_000);
  const batched = await countRequests(bench, 'in batches', async () => {
    await bench.submit(perSecond);
  });
  const single = await countRequests(bench, 'one by one', async (startedAt) => {
    for (let each = 0; each < perSecond; each += 1) {
      await sleep(Math.max(startedAt + (each * 1_000) / perSecond - Date.now(), 0));
      await bench.submitOne({});
    }
  });
  const told = bench.taskIds.filter((id) => follower.ended.has(id)).length;
  follower.stop();
  const describe = ({ perTask }: typeof batched) =>
    [
      `${perTask('requests', submitters)} submission`,
      `${perTask('requests', workers)} worker`,
      `${perTask('requests', publisher)} events`,
      `besides ${perTask('empty polls')} empty polls, ${perTask('stream reads')} stream reads`,
    ].join(', ');
  return [
    {
      what: `AWS requests a task on the plain path, a batch of ${perSecond} a second, one follower`,
      bar: '≤ 15',
      measured: `${batched.each.toFixed(2)} (${describe(batched)}; ${told} of ${bench.taskIds.length} told; one by one ${single.each.toFixed(2)}: ${describe(single)})`,
      met: batched.each <= 15 && told === bench.taskIds.length,
    },
  ];
}

export const plainPaths: Scenario[] = [
  { name: 'plain path', settings: { LLM_CONCURRENCY_LOCAL: '10' }, serviceMs, run: plainPath },
];
