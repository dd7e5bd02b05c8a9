import type { ConnectionSender, SendOutcome } from './connection-sender.ts';

export interface SendPatience {
  sleep: (milliseconds: number) => Promise<unknown>;
  /** 0 to 1, so that those who were throttled together do not come again together. */
  random: () => number;
  /** The time for it is over. */
  isLate: () => boolean;
  /** The frame may be left out where the gateway throttles: it is not sent again for that. */
  mayLeaveOut?: boolean;
}

const firstDelayMs = 50;
const longestDelayMs = 2_000;

/**
 * Sends a frame again while the gateway throttles it, with growing delays, and once more after a fault. What it answers
 * stands: `throttled` only when the time is over.
 */
export async function sendPatiently(
  sender: Pick<ConnectionSender, 'send'>,
  connectionId: string,
  text: string,
  { sleep, random, isLate, mayLeaveOut = false }: SendPatience,
): Promise<SendOutcome> {
  let faults = 0;
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(2 * delayMs, longestDelayMs)) {
    const outcome = await sender.send(connectionId, text);
    if (outcome === 'failed') faults += 1;
    const isWorthIt = (outcome === 'throttled' && !mayLeaveOut) || (outcome === 'failed' && faults < 2);
    if (!isWorthIt || isLate()) return outcome;
    await sleep(delayMs * (0.5 + random()));
  }
}
