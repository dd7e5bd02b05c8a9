/** Which receivers hang, as far as this execution environment has seen. */
export interface ReceiverHealth {
  /** Whether to try this receiver (receiver-group.ts): false while it hangs, but for one try every ten seconds. */
  begin(receiver: string, now: number): boolean;
  end(receiver: string, hung: boolean): void;
}

/** This many tries without an answer in time, and none answered in between, mean that a receiver hangs. */
const hangsBeforeCaution = 5;
/** Receivers remembered; of more the oldest are forgotten, and tried anew. */
const mostRemembered = 10_000;
/** How often a hanging receiver is tried, to find out whether it answers again. */
const probeEveryMs = 10_000;

/**
 * A try at a hanging receiver takes its full timeout, so a thousand deliveries to it would occupy every
 * execution. After some hangs only one try in ten seconds is made; the others are postponed as failed.
 */
export function createReceiverHealth(): ReceiverHealth {
  const hanging = new Map<string, { hangs: number; probedAt: number }>();
  return {
    begin(receiver, now) {
      const state = hanging.get(receiver);
      if (!state || state.hangs < hangsBeforeCaution) return true;
      if (now - state.probedAt < probeEveryMs) return false;
      state.probedAt = now;
      return true;
    },
    end(receiver, hung) {
      const { hangs, probedAt } = hanging.get(receiver) ?? { hangs: 0, probedAt: 0 };
      hanging.delete(receiver);
      if (!hung) return;
      hanging.set(receiver, { hangs: hangs + 1, probedAt });
      const [oldest] = hanging.keys();
      if (hanging.size > mostRemembered && oldest !== undefined) hanging.delete(oldest);
    },
  };
}
