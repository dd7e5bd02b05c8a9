import { setTimeout as sleep } from 'node:timers/promises';
import type { CallRecord, RecordingProvider } from '../scheduling/provider-report.ts';
import { measureRun, spread } from './measure-run.ts';
import type { Queue } from './queue.ts';
import type { Figure } from './row.ts';

export interface Backlog {
  low: number;
  high: number;
  /** The provider's, for one task. */
  serviceMs: number;
  limit: number;
}

/** Between two urgent tasks; less where they would come for longer than the backlog takes. */
const everyMs = 300;
const shareOfTime = 0.75;

/** Of a queue that never leaves a slot idle. */
const idealMs = ({ low, high, serviceMs, limit }: Backlog) => ((low + high) * serviceMs) / limit;

/** Low-priority tasks in one batch, then urgent ones one by one: how long all took, and how long the urgent ones waited. */
export async function workOff(queue: Queue, provider: RecordingProvider, backlog: Backlog) {
  const { low, high, serviceMs, limit } = backlog;
  const pauseMs = Math.min(everyMs, (idealMs(backlog) * shareOfTime) / high);
  await provider.reset({ serviceMs });
  const handedIn = new Map<number, number>();
  const { seconds } = await measureRun(queue, provider, async () => {
    await queue.submitAll(Array.from({ length: low }, () => ({ priority: 'low' as const })));
    for (let sent = 0; sent < high; sent += 1) {
      const before = Date.now();
      handedIn.set(await queue.submitOne({ priority: 'high' }), before);
      await sleep(pauseMs);
    }
  });
  const { calls } = await provider.report();
  const atOnce = mostAtOnce(calls);
  if (atOnce > limit) throw new Error(`${atOnce} calls at once, and the limit is ${limit}`);
  const startOf = new Map(calls.map(({ task, startedAt }) => [task, startedAt]));
  const waits = [...handedIn].map(([task, at]) => ((startOf.get(task) ?? Number.NaN) - at) / serviceMs);
  return { ratio: (seconds * 1_000) / idealMs(backlog), waits: spread(waits) };
}

/** By the provider's clock, of calls that were answered. */
function mostAtOnce(calls: readonly CallRecord[]): number {
  const running = calls.map(
    ({ startedAt }) =>
      calls.filter((call) => call.startedAt <= startedAt && (call.endedAt ?? 0) > startedAt).length,
  );
  return Math.max(...running);
}

export function describeBacklog({ low, high, serviceMs, limit }: Backlog): string {
  return `${low} low and ${high} high tasks of ${serviceMs} ms, limit ${limit}`;
}

export function backlogFigures(
  what: string,
  { ratio, waits }: Awaited<ReturnType<typeof workOff>>,
  bars: { ratio: number; wait?: number },
): Figure[] {
  return [
    { what, value: ratio, unit: '× ideal', bar: { atMost: bars.ratio } },
    {
      what: 'wait of the high ones, p95',
      value: waits.p95,
      unit: '× service time',
      ...(bars.wait !== undefined && { bar: { atMost: bars.wait } }),
    },
  ];
}
