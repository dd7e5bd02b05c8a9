import { lookEveryMs, renewEveryMs } from './hold-times.ts';

/** Why a running attempt is stopped: its task is no longer this worker's, its time is over, or the worker's own is. */
export type StopReason = 'lost' | 'deadline' | 'interrupted';

export interface Hold {
  signal: AbortSignal;
  /** Set once the signal is aborted. */
  stopped(): StopReason | undefined;
  release(): void;
}

/**
 * Keeps a claimed task while its attempt runs: looks whether it was cancelled or taken over, renews what marks it as
 * held, and aborts the attempt at the task's deadline or before the invocation ends.
 */
export function holdLease(options: {
  deadlineInMs: number;
  invocationEndsInMs: number;
  isHeld: () => Promise<boolean>;
  renew: () => Promise<boolean>;
  onError: (error: unknown) => void;
}): Hold {
  const controller = new AbortController();
  let reason: StopReason | undefined;
  const stop = (why: StopReason) => {
    reason ??= why;
    controller.abort(new DOMException(`The attempt was stopped: ${reason}`, 'AbortError'));
  };
  let elapsed = 0;
  const look = setInterval(async () => {
    elapsed += lookEveryMs;
    try {
      const held = elapsed % renewEveryMs === 0 ? await options.renew() : await options.isHeld();
      if (!held) stop('lost');
    } catch (error) {
      // One look or renewal may fail: the lease outlives it.
      options.onError(error);
    }
  }, lookEveryMs);
  const timers = [
    setTimeout(() => stop('deadline'), Math.min(Math.max(options.deadlineInMs, 0), 2 ** 31 - 1)),
    setTimeout(() => stop('interrupted'), Math.max(options.invocationEndsInMs, 0)),
  ];
  return {
    signal: controller.signal,
    stopped: () => reason,
    release() {
      clearInterval(look);
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
