import type { SentShare } from './send-share.ts';
import type { Share } from './share.ts';
import type { ShareQueue } from './share-queue.ts';

/** A channel that failed and repeats its share by itself, with what it told of it. */
export interface KeptShare {
  channel: Share['channel'];
  owed: number;
  error: unknown;
}

/** Puts what channels did not take into the queue of shares; false: that failed too. */
export async function keepShares(sent: SentShare[], queue: Pick<ShareQueue, 'put'>): Promise<boolean> {
  const left = sent.flatMap((each) => each.left ?? []);
  return left.length === 0 || (await queue.put(left));
}

export function keptOf(sent: SentShare[]): KeptShare[] {
  return sent.flatMap(({ left, error }) =>
    left ? [{ channel: left.channel, owed: left.owed.length, error }] : [],
  );
}
