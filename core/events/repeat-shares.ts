import { runBounded } from '../run-bounded.ts';
import type { SendLimits } from './send-limits.ts';
import { type ChannelPorts, sendShare } from './send-share.ts';
import type { Share } from './share.ts';
import type { ReceivedShare, ShareQueue } from './share-queue.ts';

export interface RepeatReport {
  /** Shares that are sent now, whole. */
  sent: number;
  /** Of which a rest waits on. */
  left: number;
  /** Why, by channel. */
  errors: Partial<Record<Share['channel'], unknown>>;
}

/** The delay after each failed try: it doubles from the first to the last, at which it stays. */
const firstDelayMs = 30_000;
const longestDelayMs = 5 * 60_000;
/** Tries of a share, in about a day: so long a stream would keep its changes. */
export const shareTries = 300;

const sharesAtOnce = 8;
/** For one share; the others wait meanwhile. */
const shareMs = 15_000;

/**
 * Sends what waits in the queue of shares, until it is empty or the time is over. A channel that fails is not tried again
 * in this run: its shares wait for a later one, and hold up no other channel's.
 */
export async function repeatShares(
  queue: ShareQueue,
  ports: ChannelPorts,
  limits: SendLimits,
): Promise<RepeatReport> {
  const { clock, until } = limits;
  const report: RepeatReport = { sent: 0, left: 0, errors: {} };
  const failing = new Set<Share['channel']>();

  async function repeat({ share, handle, attempt }: ReceivedShare): Promise<void> {
    const shareLimits = { ...limits, until: Math.min(until, clock() + shareMs) };
    const {
      left,
      error,
      framesSent = 0,
    } = failing.has(share.channel)
      ? { left: share, error: undefined }
      : await sendShare(share, ports, shareLimits);
    if (left) {
      if (left.owed.length === share.owed.length && framesSent === 0) failing.add(share.channel);
      report.left += 1;
      if (error !== undefined) report.errors[share.channel] = error;
      // What was sent of it must not be sent or counted again: the rest is a share of its own.
      const isShorter = left.owed.length < share.owed.length && (await queue.put([left]));
      if (!isShorter) return queue.postpone(handle, delayAfter(attempt));
    } else report.sent += 1;
    await queue.delete(handle);
  }

  // Mostly there is nothing, and waiting would be paid for each minute. A short poll that misses something finds it then.
  for (let waitSeconds = 0; clock() + shareMs < until; waitSeconds = 1) {
    const received = await queue.receive(waitSeconds);
    if (received.length === 0) break;
    await runBounded(received, sharesAtOnce, repeat);
  }
  return report;
}

function delayAfter(attempt: number): number {
  return Math.min(firstDelayMs * 2 ** (attempt - 1), longestDelayMs);
}
