/** What one look at a batch found and did. */
export interface Step {
  ended: number;
  fed: number;
  unended: number;
}

const shortestDelayMs = 200;
const longestDelayMs = 5_000;
/** Without a move for so long, a run ends: waiting is paid for. */
const quietMs = 15_000;
/** What is due after so long is looked at by the schedule's next run or the one after. */
const awayMs = 30_000;
/** Lines under way for longer than this do not run out before the schedule's next run. */
const ampleMs = 90_000;
const measuredMs = 10_000;
/** Between two writes of how far a batch is, where nothing else is written. */
const shownEveryMs = 5_000;

/** How often a run looks at its batch, and when it leaves it to a later one. */
export class Pace {
  readonly #startedAt: number;
  #ended = 0;
  #movedAt: number;
  #lookedAt: number;
  #shownAt: number;
  #delayMs = shortestDelayMs;

  constructor(now: number) {
    this.#startedAt = now;
    this.#movedAt = now;
    this.#lookedAt = now;
    this.#shownAt = now;
  }

  /** `lookAt`: the run is to end, and the next one is due then. */
  next(now: number, { ended, fed, unended }: Step): { delayMs: number; lookAt?: number } {
    const sinceLook = Math.max(1, now - this.#lookedAt);
    this.#lookedAt = now;
    this.#ended += ended;
    if (ended + fed > 0) this.#movedAt = now;
    const perMs = this.#ended / Math.max(1, now - this.#startedAt);
    const isAmple = now - this.#startedAt >= measuredMs && fed === 0 && unended > perMs * ampleMs;
    if (isAmple || now - this.#movedAt >= quietMs) return { delayMs: 0, lookAt: now + awayMs };
    // So that about a tenth of what is under way has ended by the next look.
    const wanted = ended > 0 ? (unended / 10 / ended) * sinceLook : fed > 0 ? 0 : 2 * this.#delayMs;
    this.#delayMs = Math.min(Math.max(wanted, shortestDelayMs), longestDelayMs);
    return { delayMs: this.#delayMs };
  }

  isTimeToShow(now: number): boolean {
    if (now - this.#shownAt < shownEveryMs) return false;
    this.#shownAt = now;
    return true;
  }
}
