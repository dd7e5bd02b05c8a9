import type { BatchProgress } from '../batches/batch-progress.ts';
import { countBatchProgress } from '../batches/count-batch-progress.ts';
import { countTasks } from '../metrics/count-tasks.ts';
import type { MetricsStore } from '../metrics/metrics.ts';
import { countStatistics } from '../statistics/count-statistics.ts';
import type { Statistics } from '../statistics/statistics.ts';
import {
  type SubscriberPorts,
  type SubscriberReport,
  sendToSubscribers,
} from '../web-socket/send-to-subscribers.ts';
import { webhookOf } from '../webhooks/webhook-for-event.ts';
import type { WebhookQueue } from '../webhooks/webhook-queue.ts';
import { type Change, type Outgoing, outgoingOf } from './change.ts';
import { countSpend } from './count-spend.ts';
import type { EventBus } from './event-bus.ts';

export interface PublishPorts {
  /** Undefined where there is no WebSocket API. */
  sockets: SubscriberPorts | undefined;
  webhooks: Pick<WebhookQueue, 'send'>;
  bus: EventBus;
  batches: BatchProgress;
  statistics: Statistics;
  metrics: Pick<MetricsStore, 'addTasks'>;
  /** The configured ones: tasks of others are counted together. */
  taskTypes: ReadonlySet<string>;
}

export interface PublishReport {
  /** Sequence numbers of the changes that are to come again, in their order. */
  failed: string[];
  events: number;
  framesSent: number;
  connectionsGone: number;
  connectionsCut: number;
  webhooks: number;
  /** US dollars of the attempts that ended with the changes that do not come again. */
  spentUsd: number;
  /** Why the counters were not written. That alone does not make the changes come again. */
  statisticsError: unknown;
}

const noFrames: SubscriberReport = { sent: 0, gone: 0, cut: 0, failed: [] };

/**
 * Sends the event of each change to WebSocket clients, the webhook queue and the bus, and counts the change
 * into its batch. Where one of these fails for a change, that change and those after it come again; receivers
 * drop by `version` what they have seen. The counters are written last, for changes that do not come again,
 * so they count a change twice only if this process dies afterwards.
 */
export async function publishTaskEvents(
  changes: Change[],
  busEvents: ReadonlySet<string>,
  ports: PublishPorts,
  clock: () => number,
): Promise<PublishReport> {
  const now = clock();
  const outgoing = changes.map(outgoingOf).filter((each) => each !== undefined);
  const [frames, unsent, notOnBus, uncounted] = await Promise.all([
    ports.sockets ? sendToSubscribers(outgoing, ports.sockets, clock) : noFrames,
    sendWebhooks(outgoing, ports.webhooks),
    putOnBus(
      outgoing.filter(({ event }) => busEvents.has(event.event_type)),
      ports.bus,
    ),
    countBatchProgress(changes, ports.batches, now),
  ]);
  const failed = new Set([
    ...[...frames.failed, ...unsent.failed, ...notOnBus].map(({ change }) => change),
    ...uncounted,
  ]);
  const firstFailed = changes.findIndex((change) => failed.has(change));
  const settled = firstFailed < 0 ? changes : changes.slice(0, firstFailed);
  return {
    failed: changes.filter((change) => failed.has(change)).map(({ sequence }) => sequence),
    events: outgoing.length,
    framesSent: frames.sent,
    connectionsGone: frames.gone,
    connectionsCut: frames.cut,
    webhooks: unsent.sent,
    spentUsd: countSpend(settled),
    statisticsError: await count(settled, ports, clock()),
  };
}

/** Answers why counters were not written; the others are, nevertheless. */
async function count(changes: Change[], ports: PublishPorts, now: number): Promise<unknown> {
  const written = await Promise.allSettled([
    ports.statistics.add(countStatistics(changes), now),
    ports.metrics.addTasks(countTasks(changes, ports.taskTypes, now)),
  ]);
  return written.find((each) => each.status === 'rejected')?.reason;
}

async function sendWebhooks(outgoing: Outgoing[], queue: PublishPorts['webhooks']) {
  const asked = outgoing.flatMap((each) => {
    const message = webhookOf(each);
    return message ? [{ each, message }] : [];
  });
  if (asked.length === 0) return { sent: 0, failed: [] };
  const unsent = new Set(await queue.send(asked.map(({ message }) => message)));
  const failed = asked.filter(({ message }) => unsent.has(message)).map(({ each }) => each);
  return { sent: asked.length - failed.length, failed };
}

async function putOnBus(outgoing: Outgoing[], bus: EventBus): Promise<Outgoing[]> {
  if (outgoing.length === 0) return [];
  const refused = new Set(await bus.put(outgoing.map(({ event }) => event)));
  return outgoing.filter(({ event }) => refused.has(event));
}
