import type { EventLag } from '../events/event-lag.ts';
import type { SendLimits } from '../events/send-limits.ts';
import type { TenantEvent } from '../events/share.ts';
import { trackEventLag } from '../events/track-event-lag.ts';
import { runBounded } from '../run-bounded.ts';
import type { ConnectionSender } from './connection-sender.ts';
import type { LateChange, LateChanges } from './late-changes.ts';
import { runSideBySide } from './run-side-by-side.ts';
import { type Delivery, type Frame, isEnd, type SendCounts, sendToConnection } from './send-to-connection.ts';
import type { Subscriber, Subscription, Subscriptions } from './subscriptions.ts';

export interface SubscriberPorts {
  subscriptions: Subscriptions;
  sender: ConnectionSender;
  eventLag: Pick<EventLag, 'note'>;
  lateChanges: Pick<LateChanges, 'note'>;
  /** Milliseconds in which tasks usually end. */
  usualLifeMs: number;
  random: () => number;
}

export interface SubscriberReport extends SendCounts {
  /**
   * Events that did not come to all of their subscribers: their lag was not noted, the subscribers could not be read, the
   * gateway refused, or the time was over. They are to be sent again, to all who are subscribed then: a client that
   * connected again meanwhile may have asked for less than it missed.
   */
  left: TenantEvent[];
}

const connectionsAtOnce = 64;
const readsAtOnce = 16;

/**
 * Sends events to their subscribers, each as a frame of its own. Each connection gets the events of a
 * task in order, and none waits for another. One that does not take an event is closed: its client then connects again and
 * asks by `since` for what it missed, which it would not do for an event that is left out in silence. A connection that
 * cannot be closed keeps its subscriptions.
 */
export async function sendToSubscribers(
  events: TenantEvent[],
  ports: SubscriberPorts,
  limits: SendLimits,
): Promise<SubscriberReport> {
  const counts: SendCounts = { framesSent: 0, framesLeftOut: 0, connectionsGone: 0, connectionsCut: 0 };
  const left = new Set<TenantEvent>();
  const noteLag = trackEventLag(events, ports.eventLag, limits.clock);
  const byTenant = Object.entries(Object.groupBy(events, ({ tenant }) => tenant));
  const sendOfTenant = async ([tenant, owed = []]: (typeof byTenant)[number]) => {
    try {
      // Noted before the subscribers are read: a client that subscribes after that finds the note.
      await Promise.all([
        noteLag(),
        ports.lateChanges.note(tenant, listLateChanges(owed, ports.usualLifeMs)),
      ]);
      const told = leaveOutSteps(owed, limits.clock());
      counts.framesLeftOut += owed.length - told.length;
      const frames = told.map((each) => ({ owed: each, text: JSON.stringify(each.event) }));
      const plan = await planDeliveries(tenant, frames, ports.subscriptions, left);
      // Before each try: one that the gateway throttles may wait for long.
      const sender: ConnectionSender = {
        ...ports.sender,
        async send(connectionId, text) {
          await noteLag();
          return ports.sender.send(connectionId, text);
        },
      };
      const send = (delivery: Delivery) =>
        sendToConnection(tenant, delivery, { ...ports, sender }, { counts, left }, limits);
      await runSideBySide(plan.values(), connectionsAtOnce, send, limits.sleep);
    } catch {
      for (const each of owed) left.add(each);
    }
  };
  await Promise.all(byTenant.map(sendOfTenant));
  return { ...counts, left: events.filter((each) => left.has(each)) };
}

/** Changes of tasks that a replay would not find in its list. */
function listLateChanges(events: TenantEvent[], usualLifeMs: number): LateChange[] {
  return events.flatMap(({ event, acceptedAt }) => {
    const changedAt = Date.parse(event.timestamp);
    const isLate = acceptedAt !== undefined && changedAt - acceptedAt > usualLifeMs;
    return isLate && event.task_id !== null ? [{ taskId: event.task_id, changedAt }] : [];
  });
}

/**
 * Which connection gets which of the tenant's events, in their order. Events whose subscribers cannot be read
 * are added to `left`. Throws where nobody can be read.
 */
async function planDeliveries(
  tenant: string,
  frames: Frame[],
  subscriptions: Subscriptions,
  left: Set<TenantEvent>,
): Promise<Map<string, Delivery>> {
  const plan = new Map<string, Delivery>();
  const toAll = await subscriptions.subscribersToAll(tenant);
  const byId = toAll.someSubscribedById ? await readById(tenant, frames, subscriptions) : undefined;
  for (const frame of frames) {
    const found = byId ? subscriptionsTo(frame.owed).map((each) => byId.get(subscriptionName(each))) : [];
    if (found.some((subscribers) => subscribers === undefined)) left.add(frame.owed);
    for (const subscriber of [...toAll.all, ...found.flatMap((subscribers) => subscribers ?? [])]) {
      const delivery = plan.get(subscriber.connectionId) ?? { subscriber, frames: [] };
      if (delivery.frames.at(-1) !== frame) delivery.frames.push(frame);
      plan.set(subscriber.connectionId, delivery);
    }
  }
  return plan;
}

/** Subscribers to the events' tasks and batches, by subscription; undefined where they could not be read. */
async function readById(
  tenant: string,
  frames: Frame[],
  subscriptions: Subscriptions,
): Promise<Map<string, Subscriber[] | undefined>> {
  const subscribed = frames.flatMap(({ owed }) => subscriptionsTo(owed));
  const named = new Map(subscribed.map((each) => [subscriptionName(each), each]));
  const found = new Map<string, Subscriber[] | undefined>();
  await runBounded(named, readsAtOnce, async ([name, subscription]) => {
    found.set(name, await subscriptions.subscribersTo(tenant, subscription).catch(() => undefined));
  });
  return found;
}

/** So late are events when more of them come than can be sent. */
const behindMs = 5_000;

/**
 * Events without the late steps of tasks of which a later event is among them: a client would drop its view of them at
 * once, and every frame makes those behind it later.
 */
function leaveOutSteps(events: TenantEvent[], now: number): TenantEvent[] {
  const last = new Map(events.map((each) => [each.event.task_id, each]));
  return events.filter(
    (each) => isEnd(each) || last.get(each.event.task_id) === each || now - each.dueAt <= behindMs,
  );
}

/** The subscriptions by which a connection gets this event, beside that to everything. */
function subscriptionsTo({ event }: TenantEvent): Subscription[] {
  const found: Subscription[] = [];
  if (event.task_id !== null) found.push({ kind: 'task', id: event.task_id });
  if (event.batch_id !== null) found.push({ kind: 'batch', id: event.batch_id });
  return found;
}

function subscriptionName({ kind, id }: Subscription): string {
  return `${kind}#${id}`;
}
