import type { RateLimiter } from './rate-limiter.ts';

export interface RequestRate {
  /** Undefined: go now. Otherwise when to come again, epoch milliseconds; a ticket waits in its queue until then. */
  admit(now: number): Promise<number | undefined>;
  /** Whether a call may go now. Refused, nothing is booked: there is no ticket that would come again. */
  admitsNow(now: number): Promise<boolean>;
  /** A start was not used: another may have it. */
  release(): Promise<void>;
}

/** Of the limit: between the admission and the call lie a few requests, whose time varies. */
const admissionPace = 0.988;
/** Of the limit, admitted at once: SQS delays are whole seconds, so the starts of one second come together. */
const burstShare = 0.02;
/** Of the admissions: a little more tickets come than can go, so that no start is lost for want of one. */
const bookingPace = 1.02;

/**
 * Requests per minute, in two steps, both on the ticket: the task waits in its queue, so that whichever is most urgent
 * when a start comes due takes it, and nothing holds a slot meanwhile.
 *
 * - *Admission* holds the limit. Whichever ticket comes while a start is free goes, since a ticket is bound to no task.
 *   In any minute no more pass than the bucket's rate and its burst, which together are below the limit.
 * - A *booking* says when to come again. Each ticket that was refused is given a time of its own, so that it waits about
 *   once, however many wait. It may be refused again, when others came first: then it books anew.
 */
export function createRequestRate(options: {
  rates: RateLimiter;
  provider: string;
  requestsPerMinute?: number | undefined;
}): RequestRate {
  const { rates, provider, requestsPerMinute } = options;
  if (requestsPerMinute === undefined)
    return { admit: async () => undefined, admitsNow: async () => true, release: async () => {} };
  const burst = Math.max(Math.ceil(requestsPerMinute * burstShare), 1);
  const starts = { perMinute: requestsPerMinute * admissionPace - (burst - 1), burst };
  const startBucket = `${provider}#starts`;
  const book = (now: number) =>
    rates.book(bookingBucket(provider), 60_000 / (starts.perMinute * bookingPace), now);

  const take = (now: number) => rates.take(startBucket, 1, starts, now);

  return {
    async admit(now) {
      const outcome = await take(now);
      return outcome.granted ? undefined : Math.max(outcome.retryAt, await book(now));
    },

    async admitsNow(now) {
      return (await take(now)).granted;
    },

    async release() {
      await rates.settle(startBucket, -1, starts.perMinute);
    },
  };
}

/** The bucket of bookings; the sweeper reads from it whether tickets wait for their time. */
export function bookingBucket(provider: string): string {
  return `${provider}#requests`;
}
