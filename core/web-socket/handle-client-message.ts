import type { ServiceEvent } from '../events/build-event.ts';
import { runBounded } from '../run-bounded.ts';
import { ServiceError } from '../service-error.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import { toWireTime } from '../wire-time.ts';
import { parseClientMessage, type SubscribeMessage, subscriptionsOfMessage } from './client-message.ts';
import type { ConnectionSender } from './connection-sender.ts';
import { planSince, planSubscriptions, type ReplayPlan, type ReplayPorts, replay } from './replay.ts';
import { type ReplayRate, replaysPerMinute, secondsToNextMinute } from './replay-rate.ts';
import { sendPatiently } from './send-patiently.ts';
import type { Subscription, Subscriptions } from './subscriptions.ts';

export interface ClientMessagePorts extends ReplayPorts {
  store: ReplayPorts['store'] & Pick<TaskStore, 'listen'>;
  subscriptions: Subscriptions;
  sender: ConnectionSender;
  replayRate: ReplayRate;
}

export interface Client {
  connectionId: string;
  tenant: string;
}

export interface ClientMessageOptions {
  /** Milliseconds in which tasks usually end; where only the sweeper ends them, up to a minute more. */
  usualLifeMs: number;
  /** Whether the time to answer is nearly over. A replay then ends, and says so. */
  isLate(): boolean;
  sleep: (milliseconds: number) => Promise<unknown>;
  /** 0 to 1. */
  random: () => number;
}

const framesAtOnce = 16;

/**
 * Answers one message of a WebSocket client, a faulty one by an `error` frame. The connection stays, unless nothing is
 * stored of it any more: it would hear of no event, so a ping is answered by closing it. A fault of the service is thrown,
 * after the client got a frame that says `internal`.
 */
export async function handleClientMessage(
  client: Client,
  text: string,
  options: ClientMessageOptions,
  ports: ClientMessagePorts,
  now: number,
): Promise<void> {
  const answer = (frame: object) =>
    sendPatiently(ports.sender, client.connectionId, JSON.stringify(frame), options);
  try {
    const message = parseClientMessage(text);
    if (message.action === 'ping') await answerPing(client, ports, answer);
    else if (message.action === 'unsubscribe') await answer(await unsubscribe(client, message, ports, now));
    else await subscribe(client, message, options, ports, now, answer);
  } catch (error) {
    await answer({ event_type: 'error', error: toFrameError(error) });
    if (!(error instanceof ServiceError) || error.code === 'internal') throw error;
  }
}

async function answerPing(
  { connectionId, tenant }: Client,
  { subscriptions, sender }: ClientMessagePorts,
  answer: (frame: object) => Promise<unknown>,
): Promise<void> {
  if (await subscriptions.isKnown(connectionId, tenant)) await answer({ event_type: 'pong' });
  else await sender.close(connectionId);
}

/** The subscription is written before the state is read, so that no change falls between the two. */
async function subscribe(
  { connectionId, tenant }: Client,
  message: SubscribeMessage,
  options: ClientMessageOptions,
  ports: ClientMessagePorts,
  now: number,
  answer: (frame: object) => Promise<unknown>,
): Promise<void> {
  await takeReplay(connectionId, message, ports.replayRate, now);
  const wanted = subscriptionsOfMessage(message);
  if (wanted.length === 0) await ports.subscriptions.subscribeToAll(connectionId, tenant, now);
  else await ports.subscriptions.subscribe(connectionId, tenant, wanted, now, message.deltas);
  const { unknown, ...planned } = await plan(tenant, wanted, message.since, options, ports);
  let replayed = 0;
  const isHeard = !message.deltas || (await listen(tenant, planned, options, ports));
  let complete = planned.complete && isHeard;
  let since: string | undefined;
  for await (const { events, from } of replay(tenant, planned, ports)) {
    const sent = await sendAll(connectionId, events, options, ports.sender);
    if (sent === 'gone') return;
    // The client would not see a gap in the replay. A closed connection it sees, and subscribes again.
    if (sent === 'broken' && (await ports.sender.close(connectionId))) return;
    if (sent === 'broken') {
      complete = false;
      break;
    }
    replayed += sent;
    if (sent < events.length) {
      complete = false;
      // From here the client may go on: nothing older is missing, unless the plan itself was cut.
      if (planned.complete) since = toWireTime(Math.max(from, message.since ?? 0));
      break;
    }
  }
  if (unknown.length > 0) {
    await ports.subscriptions.unsubscribe(connectionId, tenant, unknown);
    await answer({ event_type: 'error', error: toFrameError(unknownSubscriptions(message, unknown)) });
  }
  const known = wanted.filter((subscription) => !unknown.includes(subscription));
  await answer({ event_type: 'subscribed', ...idsOf(known), replayed, complete, since });
}

/** Tells the workers of the open tasks. False: there was no time for all. */
async function listen(
  tenant: string,
  { tasks }: Pick<ReplayPlan, 'tasks'>,
  { isLate }: ClientMessageOptions,
  { store }: ClientMessagePorts,
): Promise<boolean> {
  let all = true;
  await runBounded(
    tasks.filter(({ open }) => open),
    framesAtOnce,
    async ({ taskId }) => {
      if (isLate()) all = false;
      else await store.listen({ tenant, taskId });
    },
  );
  return all;
}

/** Throws `rate_limited`. Tasks that a message names are read as they are, at most 500: only lists are counted. */
async function takeReplay(
  connectionId: string,
  { since, task_ids, batch_ids }: SubscribeMessage,
  rate: ReplayRate,
  now: number,
): Promise<void> {
  const readsLists = batch_ids.length > 0 || (since !== undefined && task_ids.length === 0);
  if (!readsLists || (await rate.take(connectionId, now))) return;
  const wait = secondsToNextMinute(now);
  throw new ServiceError(
    'rate_limited',
    `A connection has ${replaysPerMinute} replays a minute; send the message again in ${wait} s`,
    { retryable: true, retryAfter: wait * 1_000 },
  );
}

/** How many events were sent while there was time; `broken` when a send failed, `gone` when the client is. */
async function sendAll(
  connectionId: string,
  events: ServiceEvent[],
  options: ClientMessageOptions,
  sender: ConnectionSender,
): Promise<number | 'broken' | 'gone'> {
  let ended: 'broken' | 'gone' | undefined;
  let sent = 0;
  await runBounded(events, framesAtOnce, async (event) => {
    if (ended || options.isLate()) return;
    const outcome = await sendPatiently(sender, connectionId, JSON.stringify(event), options);
    if (outcome === 'sent') sent += 1;
    else if (outcome === 'gone') ended = 'gone';
    else if (outcome !== 'throttled') ended = 'broken';
  });
  return ended ?? sent;
}

async function plan(
  tenant: string,
  wanted: Subscription[],
  since: number | undefined,
  { usualLifeMs }: ClientMessageOptions,
  ports: ReplayPorts,
): Promise<ReplayPlan> {
  if (wanted.length > 0) return planSubscriptions(tenant, wanted, since, ports);
  if (since !== undefined) return planSince(tenant, since, usualLifeMs, ports);
  return { tasks: [], batchIds: [], changedAfter: undefined, unknown: [], complete: true };
}

async function unsubscribe(
  { connectionId, tenant }: Client,
  message: { task_ids: string[]; batch_ids: string[] },
  { subscriptions }: ClientMessagePorts,
  now: number,
): Promise<object> {
  const unwanted = subscriptionsOfMessage(message);
  if (unwanted.length === 0) await subscriptions.unsubscribeFromAll(connectionId, tenant, now);
  else await subscriptions.unsubscribe(connectionId, tenant, unwanted);
  return { event_type: 'unsubscribed', ...idsOf(unwanted) };
}

function idsOf(named: Subscription[]) {
  const ids = (kind: Subscription['kind']) => named.filter((each) => each.kind === kind).map(({ id }) => id);
  return { task_ids: ids('task'), batch_ids: ids('batch') };
}

function unknownSubscriptions(message: SubscribeMessage, unknown: Subscription[]): ServiceError {
  const faults = unknown.map(({ kind, id }) => ({
    pointer: `/${kind}_ids/${message[`${kind}_ids`].indexOf(id)}`,
    detail: `there is no ${kind} ${id}`,
  }));
  return new ServiceError('not_found', 'Some of the named tasks or batches do not exist', { faults });
}

function toFrameError(error: unknown) {
  const known = error instanceof ServiceError && error.code !== 'internal' ? error : undefined;
  return {
    code: known?.code ?? 'internal',
    message: known?.message ?? 'Something went wrong in the service; the message may be sent again',
    ...(known && known.faults.length > 0 && { errors: known.faults }),
  };
}
