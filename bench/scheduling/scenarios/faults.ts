import { setTimeout as sleep } from 'node:timers/promises';
import { LlmServiceError } from '../../../client/service-error.ts';
import { slotLeaseMs } from '../../../core/scheduling/hold-times.ts';
import { ReconnectingClient } from '../../reconnecting-client.ts';
import { readSlots } from '../read-slots.ts';
import { type Bench, type Measure, type Scenario, workers } from '../scenario.ts';
import type { TaskPlan } from '../task-plan.ts';

const tasks = 5_000;
const crashes = 200;
const crashEveryMs = 3_000;
const lostAnswers = 0.02;
/** Callers change their minds this often, one time in three to cancel. */
const changeEveryMs = 150;
/** A ticket that its mapping had received when its worker died comes again after the queue's 16 minutes. */
const patienceMs = 45 * 60_000;
const limits = { local: 10, translation: 3, text_summarization: 2 };

function plans(): TaskPlan[] {
  return Array.from({ length: tasks }, (_, n): TaskPlan => {
    const priority = (['high', 'normal', 'low'] as const)[n % 3];
    if (n % 5 === 1) return { priority, type: 'translation' };
    if (n % 5 === 3) return { priority, type: 'text_summarization' };
    return n % 10 === 0 ? { priority, equal: Math.floor(n / 50) } : { priority };
  });
}

/** Crashes all workers of the moment, some of them in a call, again and again until so many have died. */
async function crashWorkers(bench: Bench, stopped: AbortSignal): Promise<number> {
  let crashed = 0;
  while (crashed < crashes && !stopped.aborted) {
    await sleep(crashEveryMs);
    if ((await bench.provider.report()).active === 0) continue;
    crashed += bench.service.host.crashEnvironments(workers);
  }
  return crashed;
}

/** Cancels and re-prioritises tasks at random; answers how many of each the service took. */
async function changeMinds(bench: Bench, stopped: AbortSignal) {
  const taken = { cancelled: 0, reprioritized: 0 };
  const { client } = bench.service;
  for (let turn = 0; !stopped.aborted; turn += 1) {
    await sleep(changeEveryMs);
    const id = bench.taskIds[Math.floor(Math.random() * tasks)] ?? '';
    const priority = (['high', 'normal', 'low'] as const)[Math.floor(Math.random() * 3)] ?? 'normal';
    try {
      // Of a task that runs or has ended it is refused.
      if (turn % 3 === 0) {
        await client.cancel(id);
        taken.cancelled += 1;
      } else {
        await client.reprioritize(id, priority);
        taken.reprioritized += 1;
      }
    } catch (error) {
      if (!(error instanceof LlmServiceError && error.status === 409)) bench.tell(String(error));
    }
  }
  return taken;
}

/** Watches for tasks that change after they have ended. */
async function watchFinalStates(bench: Bench) {
  const everything = { taskIds: [], batchIds: [] };
  const { wsUrl } = bench.service.host;
  const follower = new ReconnectingClient(wsUrl, undefined, everything, new Date().toISOString());
  const final = new Map<string, string>();
  const changed: string[] = [];
  follower.onStatus = (subject, status) => {
    const before = final.get(subject);
    if (before !== undefined) changed.push(`${subject}: ${before}, then ${status}`);
    if (['completed', 'failed', 'cancelled'].includes(status)) final.set(subject, status);
  };
  await follower.connect();
  return { final, changed, stop: () => follower.stop() };
}

/** One lease time and the next run of the sweeper, which is there to free what the dead hold. */
async function waitOneLeaseTime(bench: Bench): Promise<void> {
  const { host } = bench.service;
  bench.tell('waiting one lease time');
  await sleep(slotLeaseMs + 1_000);
  const counter = host.countRequests();
  const swept = () =>
    counter.list().some(({ line, operation }) => line === 'scheduled' && operation === 'invocation');
  for (let waited = 0; waited < 180 && !swept(); waited += 1) await sleep(500);
  counter.stop();
}

async function withFaults(bench: Bench): Promise<Measure[]> {
  const { host } = bench.service;
  const watched = await watchFinalStates(bench);
  const injection = host.injectFaults([{ kind: 'answers an error', rate: lostAnswers }]);
  await bench.submitAll(plans());
  const ended = new AbortController();
  const changes = changeMinds(bench, ended.signal);
  const crashing = crashWorkers(bench, ended.signal);
  await bench.drain(patienceMs);
  ended.abort();
  const crashed = await crashing;
  const { cancelled, reprioritized } = await changes;
  const counts = await bench.countEnded();
  injection.remove();
  await waitOneLeaseTime(bench);
  const left = await readSlots(host);
  watched.stop();

  const { calls, mostAtOnceOf } = await bench.provider.report();
  const above = Object.entries(limits).map(([name, limit]) => Math.max(0, (mostAtOnceOf[name] ?? 0) - limit));
  const excess = above.reduce((sum, each) => sum + each, 0);
  const open = tasks - counts.completed - counts.failed - counts.cancelled;
  const most = Object.keys(limits).map((name) => `${name} ${mostAtOnceOf[name]}`);
  const detail = `${calls.length} calls, ${crashed} crashes, ${cancelled} cancelled, ${reprioritized} re-prioritised, ${injection.hits} answers lost`;
  const what = `${tasks} tasks, ${crashes} crashes, 2 % of answers lost`;
  return [
    {
      what: `${what}: leases and counters left one lease time later`,
      bar: '0',
      measured: `${left.leases + left.taken + left.parked} (${left.leases} leases, ${left.taken} slots, ${left.parked} parked tickets)`,
      met: left.leases + left.taken + left.parked === 0,
    },
    {
      what: `${what}: calls above any limit`,
      bar: '0',
      measured: `${excess} (most at once: ${most.join(', ')})`,
      met: excess === 0,
    },
    { what: `${what}: tasks not ended`, bar: '0', measured: `${open} (${detail})`, met: open === 0 },
    {
      what: `${what}: final states that changed`,
      bar: '0',
      measured:
        `${watched.changed.length} (of ${watched.final.size} seen; ${counts.failed} failed) ${watched.changed.slice(0, 3).join(', ')}`.trimEnd(),
      met: watched.changed.length === 0,
    },
  ];
}

export const faults: Scenario[] = [
  {
    name: 'faults',
    settings: {
      LLM_CONCURRENCY_LOCAL: String(limits.local),
      LLM_TYPE_LIMITS: `translation=${limits.translation},text_summarization=${limits.text_summarization}`,
    },
    serviceMs: 100,
    run: withFaults,
  },
];
