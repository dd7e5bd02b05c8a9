import type { Change } from './change.ts';
import { type KeptShare, keepShares, keptOf } from './keep-shares.ts';
import { listShares } from './list-shares.ts';
import type { SendLimits } from './send-limits.ts';
import { type ChannelPorts, type SentShare, sendShare } from './send-share.ts';
import type { ShareQueue } from './share-queue.ts';

export interface PublishPorts extends Pick<ChannelPorts, 'sockets' | 'webhooks'> {
  shares: Pick<ShareQueue, 'put'>;
}

export interface PublishReport {
  /** Sequence number of the change that comes again, with all after it; undefined: all are done. */
  failedFrom: string | undefined;
  events: number;
  framesSent: number;
  framesLeftOut: number;
  connectionsGone: number;
  connectionsCut: number;
  webhooks: number;
  kept: KeptShare[];
}

/**
 * Sends the event of each change to WebSocket clients and the webhook queue. What one of these channels does not take is put
 * into the queue of shares, and is sent again from there. Changes come again only where that queue fails too; receivers drop by
 * `version` what they have seen.
 */
export async function publishTaskEvents(
  changes: Change[],
  ports: PublishPorts,
  limits: SendLimits,
): Promise<PublishReport> {
  const shares = listShares(changes);
  const sent = await Promise.all(shares.map((share) => sendShare(share, ports, limits)));
  const total = (name: keyof Omit<SentShare, 'left' | 'error'>) =>
    sent.reduce((sum, each) => sum + (each[name] ?? 0), 0);
  const isKept = await keepShares(sent, ports.shares);
  return {
    failedFrom: isKept ? undefined : changes[0]?.sequence,
    events: shares.find(({ channel }) => channel === 'web_socket')?.owed.length ?? 0,
    framesSent: total('framesSent'),
    framesLeftOut: total('framesLeftOut'),
    connectionsGone: total('connectionsGone'),
    connectionsCut: total('connectionsCut'),
    webhooks: total('webhooks'),
    kept: keptOf(sent),
  };
}
