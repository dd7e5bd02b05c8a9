/** Which receivers hang, as one execution environment saw it. */
export interface ReceiverHealth {
  /** False for a host that hangs while another try already waits for it. */
  begin(host: string, now: number): boolean;
  end(host: string, hung: boolean): void;
}

/** A receiver that is merely slow now and then does not hang this often without a success in between. */
const hangsBeforeCaution = 5;
/** One try in so many milliseconds finds out whether it is well again. */
const probeEveryMs = 10_000;

/**
 * A hanging receiver costs its full timeout each try; a thousand deliveries to it would hold every place there is.
 * After some consecutive hangs one try at a time waits for it, and the others are postponed as if they had failed.
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
