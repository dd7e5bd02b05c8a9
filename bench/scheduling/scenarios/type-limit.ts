import { type Bench, type Measure, type Scenario, workers } from '../scenario.ts';
import type { TaskPlan } from '../task-plan.ts';

const serviceMs = 500;
const tasks = 300;
const limit = 10;
const typeLimit = 2;
/** The limited type has the longest way: the others need less time beside it. */
const idealMs = (tasks * serviceMs) / typeLimit;

/** Receives by workers themselves, of tasks and of tickets (a mapping receives the others), and their receive counts. */
function observeReceives(bench: Bench) {
  const seen = { tasks: 0, empty: 0, tickets: 0, largestCount: 0 };
  const stop = bench.service.host.observeRequests(({ operation, caller, kind, input, answer }) => {
    if (operation !== 'ReceiveMessage' || kind !== 'call' || !workers.test(caller)) return;
    const messages = answer?.Messages ?? [];
    if (String(input?.QueueUrl).endsWith('-tickets')) seen.tickets += 1;
    else {
      seen.tasks += 1;
      if (messages.length === 0) seen.empty += 1;
    }
    for (const { Attributes } of messages)
      seen.largestCount = Math.max(seen.largestCount, Number(Attributes?.ApproximateReceiveCount ?? 0));
  });
  return { seen, stop };
}

async function besideOthers(bench: Bench): Promise<Measure[]> {
  // Cold starts of all workers at once are the machine's.
  await bench.submit(4 * limit, { type: 'translation' });
  await bench.drain(60_000);
  await bench.provider.reset({ serviceMs });
  const { seen, stop } = observeReceives(bench);
  const pair: TaskPlan[] = [{ type: 'custom' }, { type: 'translation' }];
  await bench.submitAll(Array.from({ length: tasks }, () => pair).flat());
  await bench.drain(300_000);
  stop();
  const { calls, mostAtOnceOf } = await bench.provider.report();
  const took =
    Math.max(...calls.map(({ endedAt }) => endedAt ?? 0)) -
    Math.min(...calls.map(({ startedAt }) => startedAt));
  const ratio = took / idealMs;
  const each = seen.tasks / calls.length;
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
      measured: `${each.toFixed(2)} (${seen.empty} found nothing; ${seen.tickets} more for tickets)`,
      met: each <= 3,
    },
    {
      what: `${what}: largest receive count`,
      bar: '≤ 3',
      measured: String(seen.largestCount),
      met: seen.largestCount <= 3,
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
