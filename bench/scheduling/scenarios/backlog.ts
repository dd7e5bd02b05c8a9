import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../../percentile.ts';
import type { Bench, Measure, Scenario } from '../scenario.ts';

const serviceMs = 500;
const limit = 10;
const backlog = 400;

/** From the first call to the end of the last, against what a perfect queue would take. */
async function drainTime(bench: Bench, priority: 'normal' | 'low'): Promise<Measure> {
  await bench.provider.reset({ serviceMs });
  await bench.submit(backlog, { priority });
  await bench.drain(120_000);
  const { calls } = await bench.provider.report();
  const took =
    Math.max(...calls.map(({ endedAt }) => endedAt ?? 0)) -
    Math.min(...calls.map(({ startedAt }) => startedAt));
  const ratio = took / ((backlog * serviceMs) / limit);
  const what = `${backlog} ${priority} tasks of ${serviceMs} ms, limit ${limit}, warm: time ÷ ideal`;
  return { what, bar: '≤ 1.06', measured: `${ratio.toFixed(3)} (${calls.length} calls)`, met: ratio <= 1.06 };
}

/** High-priority tasks arrive one by one while the backlog of normal ones is worked off. */
async function urgentWait(bench: Bench): Promise<Measure> {
  await bench.provider.reset({ serviceMs });
  await bench.submit(backlog, { priority: 'normal' });
  await sleep(1_000);
  const sentAt = new Map<number, number>();
  for (let i = 0; i < 60; i += 1) {
    const before = Date.now();
    sentAt.set(await bench.submit(1, { priority: 'high' }), before);
    bench.tell(`${i + 1} of 60 urgent tasks sent`);
    await sleep(250);
  }
  await bench.drain(120_000);
  const { calls } = await bench.provider.report();
  const waits = [...sentAt].map(
    ([task, at]) => (calls.find((call) => call.task === task)?.startedAt ?? Number.NaN) - at,
  );
  const p95 = percentile(waits, 0.95);
  const measured = `${p95} ms (p50 ${percentile(waits, 0.5)} ms)`;
  return {
    what: 'wait of high-priority tasks during the backlog, p95',
    bar: `≤ ${1.5 * serviceMs} ms`,
    measured,
    met: p95 <= 1.5 * serviceMs,
  };
}

/** Higher priorities offered at 120 % of capacity for half a minute, with low ones waiting from the start. */
async function lowShare(bench: Bench): Promise<Measure> {
  await bench.provider.reset({ serviceMs });
  const firstLow = await bench.submit(300, { priority: 'low' });
  const startedAt = Date.now();
  const perSecond = (limit / serviceMs) * 1_000 * 1.2;
  for (let second = 0; second < 30; second += 1) {
    await bench.submit(perSecond / 2, { priority: 'high' });
    await bench.submit(perSecond / 2, { priority: 'normal' });
    bench.tell(`second ${second + 1} of 30 at 120 %`);
    await sleep(Math.max(startedAt + (second + 1) * 1_000 - Date.now(), 0));
  }
  const { calls } = await bench.provider.report();
  // The first seconds have only low tasks to run: the share counts from where the others had arrived.
  const ended = calls.filter((call) => call.endedAt !== null && call.startedAt > startedAt + 2_000);
  const low = ended.filter(({ task }) => task >= firstLow && task < firstLow + 300).length;
  const share = low / ended.length;
  await bench.drain(120_000);
  const measured = `${(share * 100).toFixed(1)} % (${low} of ${ended.length})`;
  return {
    what: 'low-priority share of completions under 120 % load of higher ones',
    bar: '≥ 10 %',
    measured,
    met: share >= 0.1,
  };
}

export const backlogs: Scenario[] = [
  {
    name: 'backlog',
    settings: { LLM_CONCURRENCY_LOCAL: String(limit) },
    serviceMs,
    async run(bench) {
      // Cold starts of all workers at once are the machine's, not the queue's: Lambda has more than two cores for them.
      await bench.submit(4 * limit);
      await bench.drain(60_000);
      return [
        await drainTime(bench, 'normal'),
        await drainTime(bench, 'low'),
        await urgentWait(bench),
        await lowShare(bench),
      ];
    },
  },
];
