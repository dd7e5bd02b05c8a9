import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, type Measure, type Scenario, workers } from '../scenario.ts';
import { slidingMinutes } from '../sliding-minutes.ts';
import type { TaskPlan } from '../task-plan.ts';

const perMinute = 60_000;
const serviceMs = 1_000;
const settings = { LLM_CONCURRENCY_LOCAL: '50', LLM_TPM_LOCAL: String(perMinute) };

/** 480 of 500, 90 of 2,000 and 30 of 8,000 tokens, well mixed; or a part of them. */
function mix(count: number, plan: TaskPlan = {}): TaskPlan[] {
  return Array.from({ length: count }, (_, n) => {
    const tokens = n % 20 === 10 ? 8_000 : n % 20 === 3 || n % 20 === 9 || n % 20 === 16 ? 2_000 : 500;
    return { ...plan, tokens };
  });
}

async function readTokens(bench: Bench) {
  const { calls } = await bench.provider.report();
  const minutes = slidingMinutes(calls.map(({ startedAt, tokens }) => ({ startedAt, weight: tokens })));
  return { calls, minutes, most: minutes.most.toLocaleString('en') };
}

async function fillTheMinute(bench: Bench): Promise<Measure[]> {
  const counter = bench.service.host.countRequests();
  const plans = mix(600);
  await bench.submitAll(plans);
  await bench.drain(20 * 60_000);
  counter.stop();
  const { calls, minutes, most } = await readTokens(bench);
  const invocations = counter
    .list()
    .filter(({ operation, caller }) => operation === 'invocation' && workers.test(caller))
    .reduce((sum, { count }) => sum + count, 0);
  const { completed } = await bench.countEnded();
  const each = invocations / plans.length;
  const what = `tokens a minute ${perMinute}, 480 × 500, 90 × 2,000, 30 × 8,000`;
  const [fewest, mean] = [minutes.fewest, Math.round(minutes.mean)];
  return [
    {
      what: `${what}: in any minute`,
      bar: `≤ ${perMinute}`,
      measured: `${most} (${calls.length} calls)`,
      met: minutes.most <= perMinute,
    },
    {
      // A minute has fewer each time that one of 8,000 tokens has left it and the next has not come.
      what: `${what}: in a minute on average, while work waits`,
      bar: '≥ 51000',
      measured: `${mean} (the least ${fewest})`,
      met: mean >= 51_000,
    },
    {
      what: `${what}: tasks not completed`,
      bar: '0',
      measured: String(plans.length - completed),
      met: completed === plans.length,
    },
    {
      what: `${what}: worker invocations a task`,
      bar: '≤ 2.5',
      measured: each.toFixed(2),
      met: each <= 2.5,
    },
  ];
}

async function invalidAnswers(bench: Bench): Promise<Measure[]> {
  await bench.provider.reset({ serviceMs, isInvalid: true });
  await bench.submitAll(mix(150, { asksForJson: true, maxRetries: 0 }));
  await bench.drain(20 * 60_000);
  const { calls, minutes, most } = await readTokens(bench);
  return [
    {
      what: 'tokens in any minute, 150 tasks of the mix with every answer invalid',
      bar: `≤ ${perMinute}`,
      measured: `${most} (${calls.length} calls, mean ${Math.round(minutes.mean)})`,
      met: minutes.most <= perMinute,
    },
  ];
}

const urgentTasks = 3;

async function urgentAmongSmall(bench: Bench): Promise<Measure[]> {
  await bench.submit(420, { tokens: 500, priority: 'low' });
  const waits: number[] = [];
  // After a minute the limit is what everything waits for.
  for (let urgent = 0; urgent < urgentTasks; urgent += 1) {
    await sleep(urgent === 0 ? 70_000 : 30_000);
    const sentAt = Date.now();
    const task = await bench.submit(1, { tokens: 8_000, priority: 'high' });
    for (;;) {
      await sleep(200);
      const { calls } = await bench.provider.report();
      const call = calls.find((each) => each.task === task);
      bench.tell(`urgent task ${urgent + 1} waits, ${calls.length} calls`);
      if (!call && Date.now() - sentAt < 120_000) continue;
      waits.push((call?.startedAt ?? Number.POSITIVE_INFINITY) - sentAt);
      break;
    }
  }
  const { calls } = await bench.provider.report();
  await bench.drain(10 * 60_000);
  const { most } = await readTokens(bench);
  const seconds = waits.map((wait) => (wait / 1_000).toFixed(1)).join(', ');
  return [
    {
      what: 'wait of a high-priority task of 8,000 tokens among low ones of 500 at the token limit, worst',
      bar: '≤ 12 s',
      measured: `${seconds} s (after ${calls.length} calls; most in a minute ${most})`,
      met: Math.max(...waits) <= 12_000,
    },
  ];
}

export const tokenRates: Scenario[] = [
  { name: 'tokens a minute', settings, serviceMs, run: fillTheMinute },
  { name: 'tokens of invalid answers', settings, serviceMs, run: invalidAnswers },
  { name: 'tokens, urgent and large', settings, serviceMs, run: urgentAmongSmall },
];
