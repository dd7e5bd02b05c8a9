import type { Outgoing } from '../events/change.ts';
import type { Lateness } from '../events/event-lag.ts';
import { watchLateness } from '../events/track-event-lag.ts';
import { runBounded } from '../run-bounded.ts';
import type { ConnectionSender } from './connection-sender.ts';
import type { Connections, Listener, Topic } from './subscriptions.ts';

export interface FanOutPorts {
  connections: Connections;
  sender: ConnectionSender;
  lateness: Lateness;
}

export interface FanOutResult {
  sent: number;
  /** Connections that had ended without saying so. */
  gone: number;
  /** Connections cut because they did not take an event. */
  cut: number;
  /** Events whose listeners could not be read: these are worth another try. */
  failed: Outgoing[];
}

const connectionsAtOnce = 64;
const readsAtOnce = 16;
/** API Gateway answers 410 for a connection that is still being made; within this time that is no reason to forget it. */
const connectingMs = 10_000;

/**
 * Sends events to whoever listens. Each connection gets its events in order, and connections do not wait for one
 * another. One that does not take an event is cut: its client connects again and catches up by `since`, which a
 * client that silently missed an event would never do.
 */
export async function fanOut(
  outgoing: Outgoing[],
  ports: FanOutPorts,
  clock: () => number,
): Promise<FanOutResult> {
  const result: FanOutResult = { sent: 0, gone: 0, cut: 0, failed: [] };
  const noteLateness = watchLateness(outgoing, ports.lateness, clock);
  const byTenant = Object.entries(Object.groupBy(outgoing, ({ tenant }) => tenant));
  for (const [tenant, events = []] of byTenant) {
    // Before the listeners are read: who comes later looks at the note.
    const noted = await noteLateness().then(
      () => true,
      () => false,
    );
    if (!noted) {
      result.failed.push(...events);
      continue;
    }
    const plan = await planDeliveries(tenant, events, ports.connections, result.failed);
    await runBounded(plan.values(), connectionsAtOnce, (delivery) =>
      sendAll(tenant, delivery, ports, result, clock, noteLateness),
    );
  }
  return result;
}

interface Delivery {
  listener: Listener;
  events: Outgoing[];
}

/** Which connection gets which of the tenant's events, in their order. Events without readable listeners are added to `failed`. */
async function planDeliveries(
  tenant: string,
  events: Outgoing[],
  connections: Connections,
  failed: Outgoing[],
): Promise<Map<string, Delivery>> {
  const plan = new Map<string, Delivery>();
  const listeners = await connections.listeners(tenant).catch(() => undefined);
  if (!listeners) {
    failed.push(...events);
    return plan;
  }
  const byTopic = listeners.someFollowTopics ? await readFollowers(tenant, events, connections) : new Map();
  for (const outgoing of events) {
    const followers = listeners.someFollowTopics
      ? topicsOf(outgoing).map((topic) => byTopic.get(topicName(topic)))
      : [];
    if (followers.some((found) => found === undefined)) failed.push(outgoing);
    for (const listener of [
      ...listeners.all,
      ...followers.flatMap((found: Listener[] | undefined) => found ?? []),
    ]) {
      const delivery = plan.get(listener.connectionId) ?? { listener, events: [] };
      if (delivery.events.at(-1) !== outgoing) delivery.events.push(outgoing);
      plan.set(listener.connectionId, delivery);
    }
  }
  return plan;
}

async function readFollowers(
  tenant: string,
  events: Outgoing[],
  connections: Connections,
): Promise<Map<string, Listener[] | undefined>> {
  const topics = new Map(events.flatMap(topicsOf).map((topic) => [topicName(topic), topic]));
  const found = new Map<string, Listener[] | undefined>();
  await runBounded(topics, readsAtOnce, async ([name, topic]) => {
    found.set(name, await connections.followers(tenant, topic).catch(() => undefined));
  });
  return found;
}

async function sendAll(
  tenant: string,
  { listener, events }: Delivery,
  { connections, sender }: FanOutPorts,
  result: FanOutResult,
  clock: () => number,
  noteLateness: () => Promise<void>,
): Promise<void> {
  const { connectionId, connectedAt } = listener;
  for (const { text } of events) {
    await noteLateness();
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
    await connections.remove(connectionId, tenant).catch(() => undefined);
    return;
  }
}

function topicsOf({ event }: Outgoing): Topic[] {
  const topics: Topic[] = [];
  if (event.task_id !== null) topics.push({ kind: 'task', id: event.task_id });
  if (event.batch_id !== null) topics.push({ kind: 'batch', id: event.batch_id });
  return topics;
}

function topicName({ kind, id }: Topic): string {
  return `${kind}#${id}`;
}
