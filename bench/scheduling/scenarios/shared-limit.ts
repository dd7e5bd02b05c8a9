import type { ObservedRequest } from '../../../local/requests/request-observers.ts';
import { type Bench, type Measure, type Scenario, workers } from '../scenario.ts';
import type { TaskPlan } from '../task-plan.ts';

const limit = 5;
const tasks = 300;

function isOnSlots({ service, caller, input }: ObservedRequest): boolean {
  return service === 'dynamodb' && workers.test(caller) && input?.Key?.pk?.S === 'SEMAPHORE';
}

async function twoProviders(bench: Bench): Promise<Measure[]> {
  const { host } = bench.service;
  const pair: TaskPlan[] = [{ provider: 'local' }, { provider: 'kimi' }];
  const both = (count: number) => Array.from({ length: count / 2 }, () => pair).flat();
  // Cold starts of all workers at once are the machine's.
  await bench.submitAll(both(40));
  await bench.drain(60_000);
  await bench.provider.reset({ serviceMs: 500 });
  let requests = 0;
  const stop = host.observeRequests((request) => {
    if (isOnSlots(request)) requests += 1;
  });
  const counter = host.countRequests();
  await bench.submitAll(both(2 * tasks));
  await bench.drain(300_000);
  stop();
  counter.stop();
  const { calls, mostAtOnce } = await bench.provider.report();
  const invocations = counter
    .list()
    .filter(({ operation, caller }) => operation === 'invocation' && workers.test(caller))
    .reduce((sum, { count }) => sum + count, 0);
  const each = requests / calls.length;
  const took =
    Math.max(...calls.map(({ endedAt }) => endedAt ?? 0)) -
    Math.min(...calls.map(({ startedAt }) => startedAt));
  const ratio = took / ((2 * tasks * 500) / limit);
  const detail = `${invocations} invocations, ${mostAtOnce} at once, time ÷ ideal ${ratio.toFixed(2)}`;
  return [
    {
      what: `LLM_MAX_WORKERS ${limit} over two providers of 10, ${2 * tasks} tasks: semaphore requests a started task`,
      bar: '≤ 4',
      measured: `${each.toFixed(2)} (${calls.length} calls, ${detail})`,
      met: each <= 4 && mostAtOnce <= limit,
    },
  ];
}

export const sharedLimits: Scenario[] = [
  {
    name: 'shared by two providers',
    settings: {
      LLM_PROVIDERS: 'local,kimi',
      LLM_CONCURRENCY_LOCAL: '10',
      LLM_CONCURRENCY_KIMI: '10',
      LLM_RPM_KIMI: '100000',
      LLM_TPM_KIMI: '100000000',
      LLM_MAX_WORKERS: String(limit),
      KIMI_API_KEY: 'unchecked',
    },
    serviceMs: 500,
    run: twoProviders,
  },
];
