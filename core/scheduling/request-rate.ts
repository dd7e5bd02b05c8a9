import type { RateLimiter } from './rate-limiter.ts';

export interface Turns {
  /** Undefined: go now. Otherwise when to come again, epoch milliseconds; the ticket waits in its queue until then. */
  wait(now: number): Promise<number | undefined>;
  /** A turn was not used: another may go sooner. */
  giveBack(): Promise<void>;
  /** A call beside the ticket's own was made: later starts make room for it. */
  charge(now: number): Promise<void>;
}

/** Of the limit: between the door and the call lie a few requests, whose time varies. */
const doorPace = 0.988;
/** Of the limit, let through at once: SQS delays are whole seconds, so the starts of one second come together. */
const burstShare = 0.02;
/** Of the door's: a little more come than can go, so that no start is lost for want of a ticket. */
const linePace = 1.02;

/**
 * Requests per minute, in two steps, both on the ticket: the task waits in its queue, so that whichever is most urgent
 * when a start comes due takes it, and nothing holds a slot meanwhile.
 *
 * - The *door* holds the limit. Whichever ticket comes while it is open goes, since a ticket is bound to no task. In any
 *   minute no more pass than its rate and its burst, which is below the limit.
 * - The *line* says when to come again. Each ticket that was refused is given a place of its own, so that it waits
 *   about once, however long the line. It may be refused again, when others came first: then it books anew.
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
  const bookPlace = (now: number) =>
    rates.book(requestBucket(provider), 60_000 / (door.perMinute * linePace), now);

  return {
    async wait(now) {
      const outcome = await rates.take(door.bucket, 1, door, now);
      return outcome.granted ? undefined : Math.max(outcome.retryAt, await bookPlace(now));
    },

    async giveBack() {
      await rates.settle(door.bucket, -1, door.perMinute);
    },

    async charge(now) {
      await Promise.all([rates.settle(door.bucket, 1, door.perMinute), bookPlace(now)]);
    },
  };
}

export function requestBucket(provider: string): string {
  return `${provider}#requests`;
}
