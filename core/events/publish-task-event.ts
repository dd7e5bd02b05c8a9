import type { BatchProgress } from '../batches/batch-progress.ts';
import { countBatchProgress } from '../batches/count-batch-progress.ts';
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
import type { EventBus } from './event-bus.ts';

export interface PublishPorts {
  /** Undefined where there is no WebSocket API. */
  sockets: SubscriberPorts | undefined;
  webhooks: WebhookQueue;
  bus: EventBus;
  batches: BatchProgress;
  statistics: Statistics;
}

export interface PublishReport {
  /** Sequence numbers of the changes that are to come again, in their order. */
  failed: string[];
  events: number;
  framesSent: number;
  connectionsGone: number;
  connectionsCut: number;
  webhooks: number;
  /** Why the counters were not written; they are not worth telling everyone twice. */
  statisticsError: unknown;
}

const noFrames: SubscriberReport = { sent: 0, gone: 0, cut: 0, failed: [] };

/**
 * Tells of each change on every way out. All ways are at least once: a way that fails for one change makes that
 * change and those after it come again, and receivers drop what they have seen by `version`. The counters are
 * written last and only for changes that will not come again, so they count twice only if this process dies after.
 */
export async function publishTaskEvents(
  changes: Change[],
  busEvents: ReadonlySet<string>,
  ports: PublishPorts,
  clock: () => number,
): Promise<PublishReport> {
  const now = clock();
  const outgoing = changes.map(outgoingOf).filter((each) => each !== undefined);
  const [frames, unsent, unput, unmarked] = await Promise.all([
    ports.sockets ? sendToSubscribers(outgoing, ports.sockets, clock) : noFrames,
    sendWebhooks(outgoing, ports.webhooks),
    putOnBus(
      outgoing.filter(({ event }) => busEvents.has(event.event_type)),
      ports.bus,
    ),
    countBatchProgress(changes, ports.batches, now),
  ]);
  const failed = new Set([
    ...[...frames.failed, ...unsent.failed, ...unput].map(({ change }) => change),
    ...unmarked,
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
    statisticsError: await ports.statistics.add(countStatistics(settled), now).then(
      () => undefined,
      (error: unknown) => error,
    ),
  };
}

async function sendWebhooks(outgoing: Outgoing[], queue: WebhookQueue) {
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
