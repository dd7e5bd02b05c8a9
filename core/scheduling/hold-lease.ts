import { lookEveryMs as defaultLookEveryMs, renewEveryMs, requestMs, rowLeaseMs } from './hold-times.ts';

/** Why a running attempt is stopped: its task is no longer this worker's, its time is over, or the worker's own is. */
export type StopReason = 'lost' | 'deadline' | 'interrupted';

export interface Hold {
  signal: AbortSignal;
  /** Set once the signal is aborted. */
  stopped(): StopReason | undefined;
  /** Ends the attempt now. */
  stop(reason: StopReason): void;
  /** Milliseconds until the lease ends, by the last renewal that succeeded. */
  leftMs(): number;
  /** Stops renewing; waits for a renewal under way, which would undo what is set afterwards. */
  release(): Promise<void>;
}

/**
 * Keeps a claimed task while its attempt runs: looks whether it was cancelled or taken over, renews what marks it as
 * held, and aborts the attempt at the task's deadline, before the invocation ends, and before a lease ends that could
 * not be renewed: another worker may have the task then.
 */
export function holdLease(options: {
  deadlineInMs: number;
  invocationEndsInMs: number;
  /** A whole number of looks is a renewal. Default: `lookEveryMs` of hold-times.ts. */
  lookEveryMs?: number;
  isHeld: () => Promise<boolean>;
  /** False: something of what is held is another's by now. */
  renew: () => Promise<boolean>;
  clock: () => number;
  onError: (error: unknown) => void;
}): Hold {
  const { clock, lookEveryMs = defaultLookEveryMs } = options;
  const controller = new AbortController();
  let reason: StopReason | undefined;
  let leaseEndsAt = clock() + rowLeaseMs;
  let looking: Promise<void> = Promise.resolve();
  const stop = (why: StopReason) => {
    reason ??= why;
    controller.abort(new DOMException(`The attempt was stopped: ${reason}`, 'AbortError'));
  };

  async function look(isRenewal: boolean): Promise<void> {
    const now = clock();
    try {
      const held = isRenewal ? await options.renew() : await options.isHeld();
      if (!held) stop('lost');
      else if (isRenewal) leaseEndsAt = now + rowLeaseMs;
    } catch (error) {
      // One look or renewal may fail: the lease outlives it.
      options.onError(error);
    }
  }

  let elapsed = 0;
  let isLooking = false;
  const ticking = setInterval(() => {
    elapsed += lookEveryMs;
    if (clock() >= leaseEndsAt - requestMs) stop('lost');
    if (isLooking) return;
    // A renewal that failed is tried again with the next look.
    const isDue = elapsed % renewEveryMs === 0 || leaseEndsAt - clock() < rowLeaseMs - renewEveryMs;
    isLooking = true;
    looking = look(isDue).finally(() => {
      isLooking = false;
    });
  }, lookEveryMs);
  const timers = [
    setTimeout(() => stop('deadline'), Math.min(Math.max(options.deadlineInMs, 0), 2 ** 31 - 1)),
    setTimeout(() => stop('interrupted'), Math.max(options.invocationEndsInMs, 0)),
  ];
  return {
    signal: controller.signal,
    stopped: () => reason,
    stop,
    leftMs: () => leaseEndsAt - clock(),
    async release() {
      clearInterval(ticking);
      for (const timer of timers) clearTimeout(timer);
      await looking;
    },
  };
}
