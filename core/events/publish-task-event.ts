import { countTasks } from '../metrics/count-tasks.ts';
import { countStatistics } from '../statistics/count-statistics.ts';
import type { CounterIncrement } from '../statistics/counters.ts';
import type { Change } from './change.ts';
import { countSpend } from './count-spend.ts';
import { listShares } from './list-shares.ts';
import type { SendLimits } from './send-limits.ts';
import { type ChannelPorts, type SentShare, sendShare } from './send-share.ts';
import type { Share } from './share.ts';
import type { ShareQueue } from './share-queue.ts';

export interface PublishPorts extends ChannelPorts {
  shares: Pick<ShareQueue, 'put'>;
}

export interface PublishOptions {
  /** Types of events that go to the bus. */
  busEvents: ReadonlySet<string>;
  /** The configured ones: tasks of others are counted together. */
  taskTypes: ReadonlySet<string>;
}

export interface PublishReport {
  /** Sequence number of the change that comes again, with all after it; undefined: all are done. */
  failedFrom: string | undefined;
  events: number;
  framesSent: number;
  framesLeftOut: number;
  connectionsGone: number;
  connectionsCut: number;
  webhooks: number;
  /** US dollars of the attempts that ended with these changes; 0 where they come again. */
  spentUsd: number;
  /** Channels that failed and repeat their share by themselves, with what they told of it. */
  kept: { channel: Share['channel']; owed: number; error: unknown }[];
  /** Increments of counters that neither the counters nor the queue took: they are lost. */
  countsLost: number;
}

/**
 * Sends the event of each change to WebSocket clients, the webhook queue and the bus, and counts the change into its batch
 * and the counters. What one of these channels does not take is put into the queue of shares, and is sent again from
 * there. Changes come again only where that queue fails too; receivers drop by `version` what they have seen. The counters
 * are written last, so they count a change twice only if this process dies afterwards.
 */
export async function publishTaskEvents(
  changes: Change[],
  options: PublishOptions,
  ports: PublishPorts,
  limits: SendLimits,
): Promise<PublishReport> {
  const shares = listShares(changes, options.busEvents);
  const sent = await Promise.all(shares.map((share) => sendShare(share, ports, limits)));
  const total = (name: keyof Omit<SentShare, 'left' | 'error'>) =>
    sent.reduce((sum, each) => sum + (each[name] ?? 0), 0);
  const report: PublishReport = {
    failedFrom: undefined,
    events: shares.find(({ channel }) => channel === 'web_socket')?.owed.length ?? 0,
    framesSent: total('framesSent'),
    framesLeftOut: total('framesLeftOut'),
    connectionsGone: total('connectionsGone'),
    connectionsCut: total('connectionsCut'),
    webhooks: total('webhooks'),
    spentUsd: 0,
    kept: sent.flatMap(({ left, error }) =>
      left ? [{ channel: left.channel, owed: left.owed.length, error }] : [],
    ),
    countsLost: 0,
  };
  if (!(await keep(sent, ports.shares))) return { ...report, failedFrom: changes[0]?.sequence };

  const uncounted = await countChanges(changes, options, ports, limits);
  if (uncounted.left.length > 0) {
    const left: Share = { channel: 'counters', owed: uncounted.left };
    if (await ports.shares.put([left]))
      report.kept.push({ channel: 'counters', owed: left.owed.length, error: uncounted.error });
    // To come again would count the others twice.
    else if (uncounted.written > 0) report.countsLost = left.owed.length;
    else return { ...report, failedFrom: changes[0]?.sequence };
  }
  return { ...report, spentUsd: countSpend(changes) };
}

async function keep(sent: SentShare[], queue: PublishPorts['shares']): Promise<boolean> {
  const left = sent.flatMap((each) => each.left ?? []);
  return left.length === 0 || (await queue.put(left));
}

async function countChanges(
  changes: Change[],
  { taskTypes }: PublishOptions,
  { counters }: PublishPorts,
  { clock }: SendLimits,
): Promise<{ left: CounterIncrement[]; written: number; error?: unknown }> {
  const now = clock();
  const increments = counters.list(countStatistics(changes), countTasks(changes, taskTypes, now), now);
  const { left, error } = await counters.add(increments);
  return { left, written: increments.length - left.length, error };
}
