/** Which receivers hang, as far as this execution environment has seen. */
export interface ReceiverHealth {
  /** Whether to try this host: false while it hangs, but for one try every ten seconds. */
  begin(host: string, now: number): boolean;
  end(host: string, hung: boolean): void;
}

/** This many tries without an answer in time, and none answered in between, mean that a receiver hangs. */
const hangsBeforeCaution = 5;
/** How often a hanging receiver is tried, to find out whether it answers again. */
const probeEveryMs = 10_000;

/**
 * A try at a hanging receiver takes its full timeout, so a thousand deliveries to it would occupy every
 * execution. After some hangs only one try in ten seconds is made; the others are postponed as failed.
 */
export function createReceiverHealth(): ReceiverHealth {
  const hanging = new Map<string, { hangs: number; probedAt: number }>();
  return {
    begin(host, now) {
      const state = hanging.get(host);
      if (!state || state.hangs < hangsBeforeCaution) return true;
      if (now - state.probedAt < probeEveryMs) return false;
      state.probedAt = now;
      return true;
    },
    end(host, hung) {
      if (!hung) hanging.delete(host);
      else
        hanging.set(host, {
          hangs: (hanging.get(host)?.hangs ?? 0) + 1,
          probedAt: hanging.get(host)?.probedAt ?? 0,
        });
    },
  };
}
