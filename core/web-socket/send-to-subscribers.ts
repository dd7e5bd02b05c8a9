import type { Outgoing } from '../events/change.ts';
import type { EventLag } from '../events/event-lag.ts';
import { trackEventLag } from '../events/track-event-lag.ts';
import { runBounded } from '../run-bounded.ts';
import type { ConnectionSender } from './connection-sender.ts';
import type { Subscriber, Subscription, Subscriptions } from './subscriptions.ts';

export interface SubscriberPorts {
  subscriptions: Subscriptions;
  sender: ConnectionSender;
  eventLag: EventLag;
}

export interface SubscriberReport {
  sent: number;
  /** Connections that had ended without saying so. */
  gone: number;
  /** Connections cut because they did not take an event. */
  cut: number;
  /** Events whose subscribers could not be read: these are worth another try. */
  failed: Outgoing[];
}

const connectionsAtOnce = 64;
const readsAtOnce = 16;
/** API Gateway answers 410 for a connection that is still being made; within this time that is no reason to forget it. */
const connectingMs = 10_000;

/**
 * Sends events to whoever subscribes to them. Each connection gets its events in order, and connections do not wait for one
 * another. One that does not take an event is cut: its client connects again and catches up by `since`, which a
 * client that silently missed an event would never do.
 */
export async function sendToSubscribers(
  outgoing: Outgoing[],
  ports: SubscriberPorts,
  clock: () => number,
): Promise<SubscriberReport> {
  const result: SubscriberReport = { sent: 0, gone: 0, cut: 0, failed: [] };
  const noteLag = trackEventLag(outgoing, ports.eventLag, clock);
  const byTenant = Object.entries(Object.groupBy(outgoing, ({ tenant }) => tenant));
  for (const [tenant, events = []] of byTenant) {
    // Before the subscribers are read: who comes later looks at the note.
    const noted = await noteLag().then(
      () => true,
      () => false,
    );
    if (!noted) {
      result.failed.push(...events);
      continue;
    }
    const plan = await planDeliveries(tenant, events, ports.subscriptions, result.failed);
    await runBounded(plan.values(), connectionsAtOnce, (delivery) =>
      sendAll(tenant, delivery, ports, result, clock, noteLag),
    );
  }
  return result;
}

interface Delivery {
  subscriber: Subscriber;
  events: Outgoing[];
}

/** Which connection gets which of the tenant's events, in their order. Events whose subscribers cannot be read are added to `failed`. */
async function planDeliveries(
  tenant: string,
  events: Outgoing[],
  subscriptions: Subscriptions,
  failed: Outgoing[],
): Promise<Map<string, Delivery>> {
  const plan = new Map<string, Delivery>();
  const toAll = await subscriptions.subscribersToAll(tenant).catch(() => undefined);
  if (!toAll) {
    failed.push(...events);
    return plan;
  }
  const byId = toAll.someSubscribedById ? await readById(tenant, events, subscriptions) : undefined;
  for (const outgoing of events) {
    const found = byId ? subscriptionsTo(outgoing).map((each) => byId.get(subscriptionName(each))) : [];
    if (found.some((subscribers) => subscribers === undefined)) failed.push(outgoing);
    for (const subscriber of [...toAll.all, ...found.flatMap((subscribers) => subscribers ?? [])]) {
      const delivery = plan.get(subscriber.connectionId) ?? { subscriber, events: [] };
      if (delivery.events.at(-1) !== outgoing) delivery.events.push(outgoing);
      plan.set(subscriber.connectionId, delivery);
    }
  }
  return plan;
}

/** Who subscribed to the events' tasks and batches, by subscription; undefined where that could not be read. */
async function readById(
  tenant: string,
  events: Outgoing[],
  subscriptions: Subscriptions,
): Promise<Map<string, Subscriber[] | undefined>> {
  const named = new Map(events.flatMap(subscriptionsTo).map((each) => [subscriptionName(each), each]));
  const found = new Map<string, Subscriber[] | undefined>();
  await runBounded(named, readsAtOnce, async ([name, subscription]) => {
    found.set(name, await subscriptions.subscribersTo(tenant, subscription).catch(() => undefined));
  });
  return found;
}

async function sendAll(
  tenant: string,
  { subscriber, events }: Delivery,
  { subscriptions, sender }: SubscriberPorts,
  result: SubscriberReport,
  clock: () => number,
  noteLag: () => Promise<void>,
): Promise<void> {
  const { connectionId, connectedAt } = subscriber;
  for (const { text } of events) {
    await noteLag();
    const outcome = await sender.send(connectionId, text);
    if (outcome === 'sent') {
      result.sent += 1;
      continue;
    }
    if (outcome === 'gone' && clock() - connectedAt < connectingMs) return;
    if (outcome === 'gone') result.gone += 1;
    else {
      result.cut += 1;
      await sender.close(connectionId);
    }
    // Rows that cannot be removed now are met again by the next event, or end by themselves.
    await subscriptions.remove(connectionId, tenant).catch(() => undefined);
    return;
  }
}

/** What must be subscribed to for this event to come. */
function subscriptionsTo({ event }: Outgoing): Subscription[] {
  const found: Subscription[] = [];
  if (event.task_id !== null) found.push({ kind: 'task', id: event.task_id });
  if (event.batch_id !== null) found.push({ kind: 'batch', id: event.batch_id });
  return found;
}

function subscriptionName({ kind, id }: Subscription): string {
  return `${kind}#${id}`;
}
