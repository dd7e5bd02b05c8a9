import { type HeldSlots, waitsOf } from './held-slots.ts';
import { chooseParked } from './parked-tickets.ts';
import type { SlotSettings } from './slot-settings.ts';
import { parkingKey, type SlotStore, type SlotTable } from './slot-store.ts';
import type { StrandedTickets } from './stranded-tickets.ts';
import type { TypeWaits } from './type-waits.ts';
import type { WaitingTask } from './waiting-tasks.ts';

/** What the freed slots are to be used for. */
export type NextUse =
  /** Nobody waits: they are released. */
  | { kind: 'none' }
  /** The slots are kept for this task, which waited for its type. */
  | { kind: 'task'; waiting: WaitingTask }
  /** The slots, but the type's, are kept for a ticket of this provider that was parked. */
  | { kind: 'ticket' };

/**
 * What a holder found for its slots. `worked`: work, of which there may be more. `idle`: none, so what waits is served only
 * if it came since. `closed`: this provider can start nothing now, so its own that wait are not served.
 */
export type Found = 'worked' | 'idle' | 'closed';

/**
 * The holder's work is done: what to do with its slots. Wakes whoever is served elsewhere.
 *
 * @param options.shared limits of the levels that need no task
 */
export function createPassOn(options: {
  store: SlotStore;
  settings: SlotSettings;
  shared: Readonly<Record<string, number>>;
  held: HeldSlots;
  typeWaits: TypeWaits;
  stranded: StrandedTickets;
  sendTicket: (provider: string) => Promise<void>;
  random: () => number;
}) {
  const { store, settings, shared, held, typeWaits, stranded } = options;
  const { leaseOf, adopt, hasNewWaits } = held;

  /** Of tickets, by key, that may stay parked when slots of these levels are given up. */
  function mostLeft(levels: readonly string[], served: readonly string[], known: SlotTable | undefined) {
    const ofServed = levels.flatMap((level) => served.map((name) => [parkingKey(level, name), 0] as const));
    const ofOwn = levels.flatMap((level) => {
      const key = parkingKey(level, settings.provider);
      return known ? [[key, known.parkedTickets(key)] as const] : [];
    });
    return Object.fromEntries([...ofOwn, ...ofServed]);
  }

  return async function passOn(holder: string, found: Found): Promise<NextUse> {
    // A ticket that was parked while its holder looked in vain is for work that the look may have missed.
    const known = found === 'idle' ? held.seen : undefined;
    let servesOwn = found === 'worked' || (found === 'idle' && !known);
    let heir: WaitingTask | undefined;
    for (;;) {
      const own = held.get(holder);
      if (!own) return { kind: 'none' };
      const { lease, type } = own;
      if (type !== undefined && !heir) {
        heir = await typeWaits.next(type, servesOwn);
        if (heir?.provider === settings.provider) return { kind: 'task', waiting: heir };
      }
      const handOn = async () => {
        if (type !== undefined && heir) await typeWaits.handOver(type, heir);
      };
      const levels = lease.levels.filter((level) => level in shared);
      const served = settings.providers.filter((name) => servesOwn || name !== settings.provider);
      const asSeen = { holder, from: lease, waits: waitsOf(own) };
      let parked = held.seen && chooseParked(held.seen, levels, served, options.random);
      if (!parked) {
        const mostParked = mostLeft(levels, served, known);
        const outcome = await store.change({ ...asSeen, to: undefined, mostParked });
        if (outcome.applied || !outcome.table.leases.has(holder)) {
          held.delete(holder);
          await handOn();
          return { kind: 'none' };
        }
        if (adopt(holder, outcome.table)) continue;
        if (hasNewWaits(holder, outcome.table)) {
          heir = undefined;
          continue;
        }
        // Who is not served keeps nobody: it is one of the holder's own that came since.
        parked = chooseParked(outcome.table, levels, served, options.random);
        servesOwn ||= known !== undefined;
        if (!parked) continue;
      }
      const kept = parked.provider === settings.provider ? leaseOf(levels) : undefined;
      const handed = await store.change({ ...asSeen, to: kept, unpark: parked.key });
      held.seen = handed.applied ? handed.table : undefined;
      // Refused, and yet the slots are gone: an earlier try, whose answer was lost, may have taken the parked ticket.
      const isRepeat = kept === undefined && !handed.table.leases.has(holder);
      if (!handed.applied && !isRepeat) continue;
      if (kept) held.set(holder, { lease: kept, type: undefined, waits: 0 });
      else held.delete(holder);
      await handOn();
      if (kept) return { kind: 'ticket' };
      await options.sendTicket(parked.provider);
      if (servesOwn || known)
        await stranded.sendOwn(
          holder,
          settings.provider,
          levels,
          servesOwn ? {} : mostLeft(levels, [], known),
          handed.table,
        );
      return { kind: 'none' };
    }
  };
}
