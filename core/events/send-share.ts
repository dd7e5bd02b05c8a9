import type { BatchProgress } from '../batches/batch-progress.ts';
import { runBounded } from '../run-bounded.ts';
import type { Counters } from '../statistics/counters.ts';
import type { Budgets } from '../tenants/budgets.ts';
import { type SubscriberPorts, sendToSubscribers } from '../web-socket/send-to-subscribers.ts';
import type { WebhookQueue } from '../webhooks/webhook-queue.ts';
import type { EventBus } from './event-bus.ts';
import { sendTimeoutMs } from './event-lag.ts';
import type { SendLimits } from './send-limits.ts';
import type { Share, UnreadRecord } from './share.ts';

export interface ChannelPorts {
  /** Undefined where there is no WebSocket API. */
  sockets: SubscriberPorts | undefined;
  webhooks: Pick<WebhookQueue, 'send'>;
  bus: EventBus;
  batches: BatchProgress;
  counters: Counters;
  budgets: Pick<Budgets, 'raise' | 'settle'>;
  /** Reads records again and sends what they tell; answers those that cannot be read. */
  records(owed: UnreadRecord[], limits: SendLimits): Promise<UnreadRecord[]>;
}

export interface SentShare {
  /** The rest of it; undefined: all was sent. */
  left: Share | undefined;
  /** Why it is left, where the channel told. */
  error?: unknown;
  framesSent?: number;
  framesLeftOut?: number;
  connectionsGone?: number;
  connectionsCut?: number;
  webhooks?: number;
}

const writesAtOnce = 8;
/** A send that began in time, and the close of a connection that did not take it. */
const lastSendMs = 2 * sendTimeoutMs;

interface PortNames {
  web_socket: 'sockets';
  webhooks: 'webhooks';
  bus: 'bus';
  batches: 'batches';
  charges: 'budgets';
  counters: 'counters';
  records: 'records';
}

/** Sends a share by its channel. What was not sent in time is answered as left; never throws, whatever the channel does. */
export async function sendShare<Channel extends Share['channel']>(
  share: Extract<Share, { channel: Channel }>,
  ports: Pick<ChannelPorts, PortNames[Channel]>,
  { clock, sleep, until }: SendLimits,
): Promise<SentShare> {
  try {
    const late = sleep(Math.max(0, until - clock())).then((): SentShare => ({ left: share }));
    // Of all ports it takes the share's own, which are there.
    const sending = send(share, ports as ChannelPorts, { clock, sleep, until });
    return await Promise.race([sending, late]);
  } catch (error) {
    return { left: share, error };
  }
}

async function send(share: Share, ports: ChannelPorts, limits: SendLimits): Promise<SentShare> {
  switch (share.channel) {
    case 'web_socket': {
      if (!ports.sockets) return { left: undefined };
      const sendLimits = { ...limits, until: limits.until - lastSendMs };
      const { left, ...report } = await sendToSubscribers(share.owed, ports.sockets, sendLimits);
      return { left: rest({ ...share, owed: left }), ...report };
    }
    case 'webhooks': {
      const owed = await ports.webhooks.send(share.owed);
      return { left: rest({ ...share, owed }), webhooks: share.owed.length - owed.length };
    }
    case 'bus':
      return { left: rest({ ...share, owed: await ports.bus.put(share.owed) }) };
    case 'batches': {
      const { owed, error } = await tryEach(share.owed, (count) => ports.batches.add(count, limits.clock()));
      return { left: rest({ ...share, owed }), error };
    }
    case 'charges': {
      const { budgets } = ports;
      const { owed, error } = await tryEach(share.owed, ({ isOver, ...charge }) =>
        isOver ? budgets.settle(charge) : budgets.raise(charge),
      );
      return { left: rest({ ...share, owed }), error };
    }
    case 'counters': {
      const { left, error } = await ports.counters.add(share.owed);
      return { left: rest({ ...share, owed: left }), error };
    }
    case 'records':
      return { left: rest({ ...share, owed: await ports.records(share.owed, limits) }) };
  }
}

/** Answers those that failed, and why the last one did. */
async function tryEach<Owed>(
  all: readonly Owed[],
  send: (each: Owed) => Promise<unknown>,
): Promise<{ owed: Owed[]; error: unknown }> {
  const owed: Owed[] = [];
  let error: unknown;
  await runBounded([...all], writesAtOnce, async (each) => {
    await send(each).catch((cause: unknown) => {
      owed.push(each);
      error = cause;
    });
  });
  return { owed, error };
}

function rest(share: Share): Share | undefined {
  return share.owed.length > 0 ? share : undefined;
}
