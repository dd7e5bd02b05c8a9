import { collectBatchCounts } from '../batches/collect-batch-counts.ts';
import { countTasks } from '../metrics/count-tasks.ts';
import { countStatistics } from '../statistics/count-statistics.ts';
import { listCharges } from '../tenants/list-charges.ts';
import type { Change } from './change.ts';
import { countSpend } from './count-spend.ts';
import { type KeptShare, keepShares, keptOf } from './keep-shares.ts';
import { listBusEvents } from './list-shares.ts';
import type { SendLimits } from './send-limits.ts';
import { type ChannelPorts, sendShare } from './send-share.ts';
import type { ShareQueue } from './share-queue.ts';

export interface CountPorts extends Pick<ChannelPorts, 'batches' | 'budgets' | 'counters' | 'bus'> {
  shares: Pick<ShareQueue, 'put'>;
}

export interface CountOptions {
  /** The configured ones: tasks of others are counted together. */
  taskTypes: ReadonlySet<string>;
  /** `provider/model` of the listed ones: calls of others are counted together. */
  models: ReadonlySet<string>;
  /** Types of events that go to the bus. */
  busEvents: ReadonlySet<string>;
}

export interface CountReport {
  /** Sequence number of the change that comes again, with all after it; undefined: all are done. */
  failedFrom: string | undefined;
  /** US dollars of the attempts that ended with these changes; 0 where they come again. */
  spentUsd: number;
  kept: KeptShare[];
  /** Increments of counters that neither the counters nor the queue took: they are lost. */
  countsLost: number;
}

/**
 * Counts changes into their batches and into the counters, some hundred together: a counter is written once for all of them;
 * settles what was reserved of budgets; and puts events onto the bus, ten by one request. What is not taken is put into the
 * queue of shares; changes come again only where that fails too. Batches and budgets know what they have counted. The counters
 * are written last, so they count a change twice only if this process dies afterwards.
 */
export async function countTaskChanges(
  changes: Change[],
  { taskTypes, models, busEvents }: CountOptions,
  ports: CountPorts,
  limits: SendLimits,
): Promise<CountReport> {
  const comesAgain = (kept: KeptShare[]): CountReport => ({
    failedFrom: changes[0]?.sequence,
    spentUsd: 0,
    kept,
    countsLost: 0,
  });
  const batches = collectBatchCounts(changes);
  const charges = listCharges(changes);
  const events = listBusEvents(changes, busEvents);
  const sent = await Promise.all([
    ...(batches.length > 0 ? [sendShare({ channel: 'batches', owed: batches }, ports, limits)] : []),
    ...(charges.length > 0 ? [sendShare({ channel: 'charges', owed: charges }, ports, limits)] : []),
    ...(events.length > 0 ? [sendShare({ channel: 'bus', owed: events }, ports, limits)] : []),
  ]);
  const kept = keptOf(sent);
  if (!(await keepShares(sent, ports.shares))) return comesAgain(kept);

  const now = limits.clock();
  const { counters } = ports;
  const increments = counters.list(
    countStatistics(changes, models),
    countTasks(changes, taskTypes, now),
    now,
  );
  const { left, error } = await counters.add(increments);
  let countsLost = 0;
  if (left.length > 0) {
    if (await ports.shares.put([{ channel: 'counters', owed: left }]))
      kept.push({ channel: 'counters', owed: left.length, error });
    // To come again would count the others twice.
    else if (left.length < increments.length) countsLost = left.length;
    else return comesAgain(kept);
  }
  return { failedFrom: undefined, spentUsd: countSpend(changes), kept, countsLost };
}
