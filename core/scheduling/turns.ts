import type { RateLimiter } from '../ports/rate-limiter.ts';
import type { Ticket } from './ticket.ts';

/**
 * Starts are booked a little slower than the limit: a ticket comes back up to a second late (SQS delays are whole
 * seconds), so 61 seconds of bookings may fall into one minute: 0.975 × 61 ÷ 60 stays below 1.
 */
const pace = 0.975;

export interface Turns {
  /** Undefined: go now. Otherwise the ticket's start (epoch ms), kept for it while it waits in its queue. */
  wait(ticket: Ticket, now: number): Promise<number | undefined>;
  /** The ticket did not use its turn and keeps it. */
  giveBack(ticket: Ticket, now: number): Promise<void>;
  /** A call beside the ticket's own was made: later starts make room for it. */
  charge(now: number): Promise<void>;
}

/**
 * Requests per minute. The ticket waits, never the task: whichever task is most urgent when a start comes due takes
 * it, nothing holds a slot meanwhile, and each ticket waits once, however many are in line.
 */
export function createTurns(options: {
  rates: RateLimiter;
  provider: string;
  requestsPerMinute?: number | undefined;
}): Turns {
  const { rates, provider, requestsPerMinute } = options;
  if (requestsPerMinute === undefined)
    return { wait: async () => undefined, giveBack: async () => {}, charge: async () => {} };
  const intervalMs = 60_000 / (requestsPerMinute * pace);
  return {
    async wait(ticket, now) {
      const kept = ticket.receiveCount > 1 ? await rates.claimBooking(ticket.id, now) : undefined;
      if (kept !== undefined) return kept <= now ? undefined : kept;
      const startAt = await rates.book(requestBucket(provider), intervalMs, now);
      if (startAt <= now) return undefined;
      await rates.keepBooking(ticket.id, startAt, now);
      return startAt;
    },
    giveBack: (ticket, now) => rates.keepBooking(ticket.id, now, now),
    async charge(now) {
      await rates.book(requestBucket(provider), intervalMs, now);
    },
  };
}

export function requestBucket(provider: string): string {
  return `${provider}#requests`;
}
