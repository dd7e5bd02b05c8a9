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
  /** Connections that had ended without a `$disconnect`. */
  gone: number;
  /** Connections closed because they did not take an event. */
  cut: number;
  /** Events that were not sent, because the lag was not noted or their subscribers could not be read. */
  failed: Outgoing[];
}

const connectionsAtOnce = 64;
const readsAtOnce = 16;
/** API Gateway answers 410 for a connection that is still being made: its rows are kept for this time. */
const connectingMs = 10_000;

/**
 * Sends events to their subscribers. Each connection gets its events in order, and none waits for another.
 * One that does not take an event is closed: its client then connects again and asks by `since` for what it
 * missed, which it would not do for an event that is left out in silence.
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
    // Noted before the subscribers are read: a client that subscribes after that finds the note.
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

/**
 * Which connection gets which of the tenant's events, in their order. Events whose subscribers cannot be read
 * are added to `failed`.
 */
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

/** Subscribers to the events' tasks and batches, by subscription; undefined where they could not be read. */
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
    // Where that fails, the next event tries again, or the rows end by their time to live.
    await subscriptions.remove(connectionId, tenant).catch(() => undefined);
    return;
  }
}

/** The subscriptions by which a connection gets this event, beside that to everything. */
function subscriptionsTo({ event }: Outgoing): Subscription[] {
  const found: Subscription[] = [];
  if (event.task_id !== null) found.push({ kind: 'task', id: event.task_id });
  if (event.batch_id !== null) found.push({ kind: 'batch', id: event.batch_id });
  return found;
}

function subscriptionName({ kind, id }: Subscription): string {
  return `${kind}#${id}`;
}
