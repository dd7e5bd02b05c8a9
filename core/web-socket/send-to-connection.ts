import type { SendLimits } from '../events/send-limits.ts';
import type { TenantEvent } from '../events/share.ts';
import { runBounded } from '../run-bounded.ts';
import type { ConnectionSender, SendOutcome } from './connection-sender.ts';
import { sendPatiently } from './send-patiently.ts';
import type { Subscriber, Subscriptions } from './subscriptions.ts';

/** An event, its JSON made once for all its subscribers. */
export interface Frame {
  owed: TenantEvent;
  text: string;
}

export interface Delivery {
  subscriber: Subscriber;
  frames: Frame[];
}

export interface SendCounts {
  framesSent: number;
  /** Steps that were left out, since the gateway throttles its sends, or more events come than can be sent. */
  framesLeftOut: number;
  /** Connections that had ended without a `$disconnect`. */
  connectionsGone: number;
  /** Connections closed because they did not take an event. */
  connectionsCut: number;
}

export interface ConnectionPorts {
  subscriptions: Pick<Subscriptions, 'remove'>;
  /** Its `send` rejects where the lag of what it sends cannot be noted. */
  sender: ConnectionSender;
  random: () => number;
}

/** Of one connection. */
const framesAtOnce = 4;
/** API Gateway answers 410 for a connection that is still being made: its rows are kept for this time. */
const connectingMs = 10_000;

interface Outcome {
  counts: SendCounts;
  /** Gets the events that are to be sent again. */
  left: Set<TenantEvent>;
}

/**
 * Sends a connection its events. Those of one task or batch go in their order, those of others beside them: each send waits
 * for the gateway. The first goes alone, so that a connection that hangs holds one socket.
 */
export async function sendToConnection(
  tenant: string,
  { subscriber, frames }: Delivery,
  { subscriptions, sender, random }: ConnectionPorts,
  { counts, left }: Outcome,
  { clock, sleep, until }: SendLimits,
): Promise<void> {
  const { connectionId, connectedAt } = subscriber;
  const isLate = () => clock() >= until;
  /** Set when nothing more is sent to the connection; what it is owed is then left for later or dropped. */
  let ending: Promise<'leave' | 'drop'> | undefined;

  async function end(outcome: Exclude<SendOutcome, 'sent' | 'throttled'>): Promise<'leave' | 'drop'> {
    if (outcome === 'gone' && clock() - connectedAt < connectingMs) return 'drop';
    if (outcome === 'gone') counts.connectionsGone += 1;
    else if (await sender.close(connectionId)) counts.connectionsCut += 1;
    else return 'leave';
    // Where that fails, the next event tries again, or the rows end by their time to live.
    await subscriptions.remove(connectionId, tenant).catch(() => undefined);
    return 'drop';
  }

  async function send({ owed, text }: Frame): Promise<void> {
    if (isLate()) ending ??= Promise.resolve('leave');
    // Who waits for an end waits for it in any case; the steps before it may be left out, above the gateway's rate.
    const mayLeaveOut = !isEnd(owed);
    const patience = { sleep, random, isLate, mayLeaveOut };
    const outcome = ending
      ? undefined
      : await sendPatiently(sender, connectionId, text, patience).catch(() => undefined);
    if (outcome === 'sent') counts.framesSent += 1;
    else if (outcome === 'throttled' && mayLeaveOut) counts.framesLeftOut += 1;
    else if (outcome === 'throttled') left.add(owed);
    else {
      // Without an outcome its lag could not be noted.
      ending ??= outcome === undefined ? Promise.resolve('leave') : end(outcome);
      if ((await ending) === 'leave') left.add(owed);
    }
  }

  const [first, ...rest] = frames;
  if (first) await send(first);
  const bySubject = Object.values(
    Object.groupBy(rest, ({ owed: { event } }) => event.task_id ?? event.batch_id ?? ''),
  );
  await runBounded(bySubject, framesAtOnce, async (inOrder = []) => {
    for (const frame of inOrder) await send(frame);
  });
}

const ends: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled', 'batch.completed']);

/** Whether nothing follows it: a step before it may be left out. */
export function isEnd({ event }: TenantEvent): boolean {
  return ends.has(event.event_type);
}
