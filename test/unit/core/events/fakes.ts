import type { ServiceEvent } from '../../../../core/events/build-event.ts';
import { type EventLag, usualLagMs } from '../../../../core/events/event-lag.ts';
import type { PublishPorts } from '../../../../core/events/publish-task-event.ts';
import type { TaskTotals } from '../../../../core/metrics/metrics.ts';
import type { Statistics } from '../../../../core/statistics/statistics.ts';
import type { SendOutcome } from '../../../../core/web-socket/connection-sender.ts';
import type { Subscription, Subscriptions } from '../../../../core/web-socket/subscriptions.ts';
import type { WebhookMessage } from '../../../../core/webhooks/webhook-queue.ts';

/** Subscribers in memory: `all` to everything of the tenant, others by `kind#id` of a task or batch. */
export function fakeSubscriptions(all: string[], bySubscription: Record<string, string[]> = {}) {
  const removed: string[] = [];
  const reads: string[] = [];
  const subscriber = (connectionId: string) => ({ connectionId, connectedAt: 0 });
  const subscriptions: Subscriptions = {
    add: async () => undefined,
    remove: async (connectionId) => void removed.push(connectionId),
    subscribe: async () => undefined,
    subscribeToAll: async () => undefined,
    unsubscribe: async () => undefined,
    unsubscribeFromAll: async () => undefined,
    async subscribersToAll(tenant) {
      reads.push(tenant);
      return { all: all.map(subscriber), someSubscribedById: Object.keys(bySubscription).length > 0 };
    },
    async subscribersTo(_tenant: string, { kind, id }: Subscription) {
      reads.push(`${kind}#${id}`);
      return (bySubscription[`${kind}#${id}`] ?? []).map(subscriber);
    },
  };
  return { subscriptions, removed, reads };
}

/** Frames by connection; `answer` decides the outcome of a send. */
export function fakeSender(
  answer: (connectionId: string) => Promise<SendOutcome> | SendOutcome = () => 'sent',
) {
  const frames = new Map<string, ServiceEvent[]>();
  const closed: string[] = [];
  return {
    frames,
    closed,
    sender: {
      async send(connectionId: string, text: string) {
        const outcome = await answer(connectionId);
        if (outcome === 'sent')
          frames.set(connectionId, [...(frames.get(connectionId) ?? []), JSON.parse(text)]);
        return outcome;
      },
      close: async (connectionId: string) => void closed.push(connectionId),
    },
  };
}

/** Events that are never late. */
export const punctual: EventLag = { note: async () => undefined, after: async () => usualLagMs };

export function fakePorts(members: Partial<PublishPorts> = {}) {
  const webhooks: WebhookMessage[] = [];
  const onBus: ServiceEvent[] = [];
  const counted: Parameters<Statistics['add']>[0][] = [];
  const ended: TaskTotals[] = [];
  const progressed: unknown[] = [];
  const ports: PublishPorts = {
    sockets: undefined,
    webhooks: {
      async send(messages) {
        webhooks.push(...messages);
        return [];
      },
    },
    bus: {
      async put(events) {
        onBus.push(...events);
        return [];
      },
    },
    batches: { add: async (...progress) => void progressed.push(progress) },
    statistics: {
      add: async (counts) => void counted.push(counts),
      readTenant: () => Promise.reject(new Error('not asked here')),
    },
    metrics: { addTasks: async (totals) => void ended.push(totals) },
    taskTypes: new Set(['translation']),
    ...members,
  };
  return { ports, webhooks, onBus, counted, ended, progressed };
}
