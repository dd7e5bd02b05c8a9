import type { ServiceEvent } from '../events/build-event.ts';
import { runBounded } from '../run-bounded.ts';
import { ServiceError } from '../service-error.ts';
import { toWireTime } from '../tasks/task-wire.ts';
import { parseClientMessage, type SubscribeMessage, topicsOfMessage } from './client-message.ts';
import type { ConnectionSender } from './connection-sender.ts';
import { planSince, planTopics, type ReplayPlan, type ReplayPorts, replay } from './replay.ts';
import type { Connections, Topic } from './subscriptions.ts';

export interface ReceiveMessagePorts extends ReplayPorts {
  connections: Connections;
  sender: ConnectionSender;
}

export interface Client {
  connectionId: string;
  tenant: string;
}

export interface ReceiveMessageOptions {
  /** A task changes no later than this after it was made. */
  longestTaskMs: number;
  /** Whether the time to answer is nearly over: a replay ends there, and says so. */
  isLate(): boolean;
}

const framesAtOnce = 16;

/**
 * Answers one message of a WebSocket client. What the client did wrong is told to it, and the connection stays;
 * what went wrong here is thrown, after the client was told that something did.
 */
export async function receiveMessage(
  client: Client,
  text: string,
  options: ReceiveMessageOptions,
  ports: ReceiveMessagePorts,
  now: number,
): Promise<void> {
  const answer = (frame: object) => ports.sender.send(client.connectionId, JSON.stringify(frame));
  try {
    const message = parseClientMessage(text);
    if (message.action === 'ping') await answer({ event_type: 'pong' });
    else if (message.action === 'unsubscribe') await answer(await unsubscribe(client, message, ports, now));
    else await subscribe(client, message, options, ports, now, answer);
  } catch (error) {
    await answer({ event_type: 'error', error: toFrameError(error) });
    if (!(error instanceof ServiceError) || error.code === 'internal') throw error;
  }
}

/** The subscription is written before the state is read, so that no change falls between the two. */
async function subscribe(
  { connectionId, tenant }: Client,
  message: SubscribeMessage,
  options: ReceiveMessageOptions,
  ports: ReceiveMessagePorts,
  now: number,
  answer: (frame: object) => Promise<unknown>,
): Promise<void> {
  const topics = topicsOfMessage(message);
  if (topics.length === 0) await ports.connections.followAll(connectionId, tenant, now);
  else await ports.connections.follow(connectionId, tenant, topics, now);
  const { unknown, ...planned } = await plan(tenant, topics, message.since, options, ports);
  let replayed = 0;
  let complete = planned.complete;
  let since: string | undefined;
  for await (const { events, from } of replay(tenant, planned, ports)) {
    const sent = await sendAll(connectionId, events, options, ports.sender);
    // A replay with a gap looks whole to its client; a cut connection does not.
    if (sent === 'broken') return ports.sender.close(connectionId);
    replayed += sent;
    if (sent < events.length) {
      complete = false;
      // Where the client may go on: nothing before it is missing, unless there was too much to plan.
      if (planned.complete) since = toWireTime(Math.max(from, message.since ?? 0));
      break;
    }
  }
  if (unknown.length > 0) {
    await ports.connections.unfollow(connectionId, tenant, unknown);
    await answer({ event_type: 'error', error: toFrameError(unknownTopics(message, unknown)) });
  }
  const followed = topics.filter((topic) => !unknown.includes(topic));
  await answer({ event_type: 'subscribed', ...idsOf(followed), replayed, complete, since });
}

/** How many were sent before time was over; `broken` when one did not get through. */
async function sendAll(
  connectionId: string,
  events: ServiceEvent[],
  { isLate }: ReceiveMessageOptions,
  sender: ConnectionSender,
): Promise<number | 'broken'> {
  let broken = false;
  let sent = 0;
  await runBounded(events, framesAtOnce, async (event) => {
    if (broken || isLate()) return;
    if ((await sender.send(connectionId, JSON.stringify(event))) === 'sent') sent += 1;
    else broken = true;
  });
  return broken ? 'broken' : sent;
}

async function plan(
  tenant: string,
  topics: Topic[],
  since: number | undefined,
  { longestTaskMs }: ReceiveMessageOptions,
  ports: ReplayPorts,
): Promise<ReplayPlan> {
  if (topics.length > 0) return planTopics(tenant, topics, since, ports);
  if (since !== undefined) return planSince(tenant, since, longestTaskMs, ports);
  return { tasks: [], batchIds: [], changedAfter: undefined, unknown: [], complete: true };
}

async function unsubscribe(
  { connectionId, tenant }: Client,
  message: { task_ids: string[]; batch_ids: string[] },
  { connections }: ReceiveMessagePorts,
  now: number,
): Promise<object> {
  const topics = topicsOfMessage(message);
  if (topics.length === 0) await connections.unfollowAll(connectionId, tenant, now);
  else await connections.unfollow(connectionId, tenant, topics);
  return { event_type: 'unsubscribed', ...idsOf(topics) };
}

function idsOf(topics: Topic[]) {
  const ids = (kind: Topic['kind']) => topics.filter((topic) => topic.kind === kind).map(({ id }) => id);
  return { task_ids: ids('task'), batch_ids: ids('batch') };
}

function unknownTopics(message: SubscribeMessage, unknown: Topic[]): ServiceError {
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
    message: known?.message ?? 'Something went wrong here; the message may be sent again',
    ...(known && known.faults.length > 0 && { errors: known.faults }),
  };
}
