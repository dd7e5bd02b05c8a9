import type { RateLimiter } from '../ports/rate-limiter.ts';
import type { Ticket } from './ticket.ts';

export interface Turns {
  /** Undefined: go now. Otherwise when to come again (epoch ms), kept for the ticket while it waits in its queue. */
  wait(ticket: Ticket, now: number): Promise<number | undefined>;
  /** The ticket did not use its turn; it comes again soon. */
  giveBack(ticket: Ticket, now: number): Promise<void>;
  /** A call beside the ticket's own was made: later starts make room for it. */
  charge(now: number): Promise<void>;
}

/** Of the limit: between the door and the call lie a few requests, whose time varies. */
const doorPace = 0.985;
/** Of the limit, let through at once: SQS delays are whole seconds, so the starts of one second come together. */
const burstShare = 0.02;

/**
 * Requests per minute, in two steps, both on the ticket: the task waits in its queue, so that whichever is most urgent
 * when a start comes due takes it, and nothing holds a slot meanwhile.
 *
 * - The *line* gives each ticket that has to wait a start of its own, so that it waits once, however long the line.
 * - The *door* is what holds the limit: passed when a call really starts. Starts that were missed (all slots busy, an
 *   outage) are gone, and do not come all at once afterwards; whoever is refused goes to the end of the line.
 *
 * In any minute no more pass the door than its rate and its burst, which is below the limit.
 */
export function createTurns(options: {
  rates: RateLimiter;
  provider: string;
  requestsPerMinute?: number | undefined;
}): Turns {
  const { rates, provider, requestsPerMinute } = options;
  if (requestsPerMinute === undefined)
    return { wait: async () => undefined, giveBack: async () => {}, charge: async () => {} };
  const burst = Math.max(Math.ceil(requestsPerMinute * burstShare), 1);
  const door = { bucket: `${provider}#starts`, perMinute: requestsPerMinute * doorPace - (burst - 1), burst };
  const lineIntervalMs = 60_000 / door.perMinute;

  /** Undefined: through. Otherwise when the door opens. */
  async function passDoor(now: number): Promise<number | undefined> {
    const outcome = await rates.take(door.bucket, 1, door, now);
    return outcome.granted ? undefined : outcome.retryAt;
  }

  return {
    async wait(ticket, now) {
      const kept = ticket.receiveCount > 1 ? await rates.claimBooking(ticket.id, now) : undefined;
      if (kept !== undefined && kept > now) return kept;
      const bookedAt = kept ?? (await rates.book(requestBucket(provider), lineIntervalMs, now));
      const opensAt = bookedAt <= now ? await passDoor(now) : undefined;
      if (bookedAt <= now && opensAt === undefined) return undefined;
      const startAt =
        opensAt === undefined
          ? bookedAt
          : Math.max(opensAt, await rates.book(requestBucket(provider), lineIntervalMs, now));
      await rates.keepBooking(ticket.id, startAt, now);
      return startAt;
    },

    async giveBack(ticket, now) {
      await Promise.all([
        rates.settle(door.bucket, -1, door.perMinute),
        rates.keepBooking(ticket.id, now, now),
      ]);
    },

    async charge(now) {
      await Promise.all([
        rates.settle(door.bucket, 1, door.perMinute),
        rates.book(requestBucket(provider), lineIntervalMs, now),
      ]);
    },
  };
}

export function requestBucket(provider: string): string {
  return `${provider}#requests`;
}
