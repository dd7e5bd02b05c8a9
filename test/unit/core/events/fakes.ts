import type { ServiceEvent } from '../../../../core/events/build-event.ts';
import type { Change } from '../../../../core/events/change.ts';
import type { CountPorts } from '../../../../core/events/count-task-changes.ts';
import { type EventLag, usualReachMs } from '../../../../core/events/event-lag.ts';
import type { PublishPorts } from '../../../../core/events/publish-task-event.ts';
import type { SendLimits } from '../../../../core/events/send-limits.ts';
import type { ChannelPorts } from '../../../../core/events/send-share.ts';
import type { BatchCount, Share, TenantEvent } from '../../../../core/events/share.ts';
import type { CounterIncrement } from '../../../../core/statistics/counters.ts';
import type { Task } from '../../../../core/tasks/task.ts';
import type { Charge } from '../../../../core/tenants/budgets.ts';
import type { SendOutcome } from '../../../../core/web-socket/connection-sender.ts';
import type { SubscriberPorts } from '../../../../core/web-socket/send-to-subscribers.ts';
import type { Subscription, Subscriptions } from '../../../../core/web-socket/subscriptions.ts';
import type { WebhookMessage } from '../../../../core/webhooks/webhook-queue.ts';

/** Subscribers in memory: `all` to everything of the tenant, others by `kind#id` of a task or batch. */
export function fakeSubscriptions(all: string[], bySubscription: Record<string, string[]> = {}) {
  const removed: string[] = [];
  const reads: string[] = [];
  const subscriber = (connectionId: string) => ({ connectionId, connectedAt: 0 });
  const subscriptions: Subscriptions = {
    add: async () => undefined,
    openedBy: async () => [],
    isKnown: async () => true,
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
      async close(connectionId: string) {
        closed.push(connectionId);
        return true;
      },
    },
  };
}

/** Events that are never late. */
export const punctual: EventLag = {
  note: async () => undefined,
  oldestAfter: async (since) => since - usualReachMs,
};

/** Tasks that all end within the hour. */
export const noneLate: Pick<SubscriberPorts, 'lateChanges' | 'usualLifeMs'> = {
  lateChanges: { note: async () => undefined },
  usualLifeMs: 3_600_000,
};

/** A clock that is set by hand, on which pauses take no time; what waits for seconds waits for ever. */
export function fakeLimits(now: number, until = now + 60_000) {
  const time = { now };
  const limits: SendLimits = {
    clock: () => time.now,
    sleep: (milliseconds) => new Promise(milliseconds < 5_000 ? setImmediate : () => undefined),
    until,
  };
  return { time, limits };
}

/** Outcomes of a channel that takes nothing. */
export const refuses = async () => Promise.reject(new Error('refused'));

export type AllPorts = ChannelPorts & PublishPorts & CountPorts;

export function fakePorts(members: Partial<AllPorts> = {}) {
  const webhooks: WebhookMessage[] = [];
  const onBus: TenantEvent[] = [];
  const counted: CounterIncrement[] = [];
  const progressed: BatchCount[] = [];
  const charged: ['raise' | 'settle', Charge][] = [];
  const shares: Share[] = [];
  const ports: AllPorts = {
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
    batches: { add: async (count) => void progressed.push(count) },
    budgets: {
      raise: async (charge) => void charged.push(['raise', charge]),
      settle: async (charge) => void charged.push(['settle', charge]),
    },
    counters: {
      list: ({ tenants }, { ended }) => [
        ...tenants.map(({ tenant, tasks }) => increment(tenant, tasks)),
        ...Object.entries(ended).map(([type, byStatus]) => increment(type, byStatus)),
      ],
      async add(increments) {
        counted.push(...increments);
        return { left: [] };
      },
    },
    records: async (owed) => owed,
    shares: {
      async put(left) {
        shares.push(...left);
        return true;
      },
    },
    ...members,
  };
  return { ports, webhooks, onBus, counted, charged, progressed, shares };
}

function increment(counter: string, amounts: object): CounterIncrement {
  return { counter, amounts: { ...amounts } as Record<string, number>, set: {}, once: {} };
}

/** The changes of a task that goes through these states. */
export function story(...states: Task[]): Change[] {
  return states.map((after, index) => ({
    kind: 'task',
    sequence: `${after.taskId}-${index}`,
    before: states[index - 1],
    after,
  }));
}
