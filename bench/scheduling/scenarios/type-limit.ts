import { type Bench, type Measure, type Scenario, workers } from '../scenario.ts';
import type { TaskPlan } from '../task-plan.ts';

const serviceMs = 500;
const tasks = 300;
const limit = 10;
const typeLimit = 2;
/** The limited type has the longest way: the others need less time beside it. */
const idealMs = (tasks * serviceMs) / typeLimit;

/** Of the messages of tasks that workers received. */
function observeReceiveCounts(bench: Bench): () => number {
  let largest = 0;
  const stop = bench.service.host.observeRequests(({ operation, caller, answer }) => {
    if (operation !== 'ReceiveMessage' || !workers.test(caller)) return;
    for (const { Attributes } of answer?.Messages ?? [])
      largest = Math.max(largest, Number(Attributes?.ApproximateReceiveCount ?? 0));
  });
  return () => {
    stop();
    return largest;
  };
}

async function besideOthers(bench: Bench): Promise<Measure[]> {
  const { host } = bench.service;
  // Cold starts of all workers at once are the machine's.
  await bench.submit(4 * limit, { type: 'translation' });
  await bench.drain(60_000);
  await bench.provider.reset({ serviceMs });
  const counter = host.countRequests();
  const endReceiveCounts = observeReceiveCounts(bench);
  const pair: TaskPlan[] = [{ type: 'custom' }, { type: 'translation' }];
  await bench.submitAll(Array.from({ length: tasks }, () => pair).flat());
  await bench.drain(300_000);
  counter.stop();
  const largest = endReceiveCounts();
  const { calls, mostAtOnceOf } = await bench.provider.report();
  const took =
    Math.max(...calls.map(({ endedAt }) => endedAt ?? 0)) -
    Math.min(...calls.map(({ startedAt }) => startedAt));
  const ratio = took / idealMs;
  // Of the queues of tasks: those of tickets are their mapping's, one each.
  const receives = counter
    .list()
    .filter(
      ({ kind, operation, caller }) =>
        kind === 'call' && operation === 'ReceiveMessage' && workers.test(caller),
    );
  const count = (of: typeof receives) => of.reduce((sum, counted) => sum + counted.count, 0);
  const each = count(receives) / calls.length;
  const empty = count(receives.filter(({ line }) => line === 'empty polls'));
  const most = mostAtOnceOf.custom ?? 0;
  const what = `type limit ${typeLimit}, ${tasks} tasks beside ${tasks} others, limit ${limit}`;
  return [
    {
      what: `${what}: time ÷ ideal`,
      bar: '≤ 1.10',
      measured: `${ratio.toFixed(3)} (${calls.length} calls, ${most} of the type at once)`,
      met: ratio <= 1.1 && most <= typeLimit,
    },
    {
      what: `${what}: SQS receives a started task`,
      bar: '≤ 3',
      measured: `${each.toFixed(2)} (${empty} found nothing)`,
      met: each <= 3,
    },
    {
      what: `${what}: largest receive count`,
      bar: '≤ 3',
      measured: String(largest),
      met: largest <= 3,
    },
  ];
}

export const typeLimits: Scenario[] = [
  {
    name: 'type limit beside others',
    settings: { LLM_CONCURRENCY_LOCAL: String(limit), LLM_TYPE_LIMITS: `custom=${typeLimit}` },
    serviceMs,
    run: besideOthers,
  },
];
