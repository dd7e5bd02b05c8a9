import { slotLeaseMs } from './hold-times.ts';
import type { SlotLease, SlotTable } from './slot-store.ts';

export interface Held {
  lease: SlotLease;
  type: string | undefined;
  /** Of the type, when its waiting tasks were last looked for: one more, and someone came since. */
  waits: number;
}

/** What a worker knows of the slots that its holders have, by holder, and of the table. */
export interface HeldSlots {
  get(holder: string): Held | undefined;
  set(holder: string, held: Held): void;
  delete(holder: string): void;
  /** The table as it was seen last: whether tickets are likely to be parked. */
  seen: SlotTable | undefined;
  leaseOf(levels: readonly string[]): SlotLease;
  /**
   * After a refused change: whether the table says something else of the holder's lease than the holder knew. It is its
   * own all the same, since no other has its name: the answer of an earlier change was lost.
   */
  adopt(holder: string, table: SlotTable): boolean;
  /** Whether a task began to wait since the holder looked; the next look sees it. */
  hasNewWaits(holder: string, table: SlotTable): boolean;
}

export function createHeldSlots(clock: () => number): HeldSlots {
  const held = new Map<string, Held>();
  return {
    get: (holder) => held.get(holder),
    set: (holder, slots) => void held.set(holder, slots),
    delete: (holder) => void held.delete(holder),
    seen: undefined,

    leaseOf(levels) {
      const from = clock();
      return { levels, from, until: from + slotLeaseMs };
    },

    adopt(holder, table) {
      const own = held.get(holder);
      const lease = table.leases.get(holder);
      if (!own || !lease || (lease.from === own.lease.from && lease.until === own.lease.until)) return false;
      held.set(holder, { ...own, lease });
      return true;
    },

    hasNewWaits(holder, table) {
      const own = held.get(holder);
      if (own?.type === undefined) return false;
      const waits = table.waits(own.type);
      held.set(holder, { ...own, waits });
      return waits !== own.waits;
    },
  };
}

/** What a change says of the type's waiting tasks. */
export const waitsOf = ({ type, waits }: Held) => (type === undefined ? undefined : { type, count: waits });
