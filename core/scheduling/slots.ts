import { createHeldSlots, waitsOf } from './held-slots.ts';
import { requestMs, rowLeaseMs, slotLeaseMs } from './hold-times.ts';
import { chooseParked } from './parked-tickets.ts';
import { createPassOn, type Found, type NextUse } from './pass-on-slots.ts';
import { findDead, reapSlots } from './reap-slots.ts';
import { createSlotHeirs } from './slot-heirs.ts';
import type { SlotSettings } from './slot-settings.ts';
import { parkingKey, type SlotLease, type SlotStore, type SlotTable, typeLevel } from './slot-store.ts';
import { createStrandedTickets } from './stranded-tickets.ts';
import { createTypeWaits } from './type-waits.ts';
import type { WaitingTask, WaitingTasks } from './waiting-tasks.ts';

export interface Slots {
  /** Slots at the levels that need no task. `parked`: there is none; the ticket is counted, and whoever frees one makes it good. */
  acquire(holder: string): Promise<'held' | 'parked'>;
  /** The same for a call that no ticket stands for, and that may have the slots that tickets must leave free. */
  acquireNow(holder: string): Promise<'held' | 'full'>;
  /** A slot of the type besides. @param taskId for whom it is: one may be kept for it */
  acquireType(holder: string, type: string, taskId?: string): Promise<'held' | 'full'>;
  /** After `full`, with the task on the list of those that wait: `held` where a slot has become free meanwhile. */
  waitForType(holder: string, type: string): Promise<'held' | 'waits'>;
  /** False: the slots are another's by now, the work that needs them must stop. */
  renew(holder: string): Promise<boolean>;
  /** The same before each call, where the lease would not outlive the row's: a holder may go on for many calls. */
  renewForCall(holder: string): Promise<boolean>;
  /**
   * The holder's work is done: what to do with its slots. Wakes whoever is served elsewhere.
   *
   * @param found what the holder found for its slots
   */
  passOn(holder: string, found: Found): Promise<NextUse>;
  /** The type's slot goes back, the others are kept for other work. False: they are another's by now. */
  releaseType(holder: string): Promise<boolean>;
  /** Gives up all slots whatever waits; for those on whom nobody waits, and after an error. */
  release(holder: string): Promise<void>;
}

/** Concurrency limits of service, provider and task type by leases in one table; without a limit there is no request. */
export function createSlots(options: {
  store: SlotStore;
  waiting: WaitingTasks;
  settings: SlotSettings;
  /** Sends a ticket for work that another worker is to do. */
  sendTicket: (provider: string) => Promise<void>;
  /** Lets a waiting task be received again, with a ticket. */
  wake: (waiting: WaitingTask) => Promise<void>;
  /** Leases taken before this (epoch ms) belong to dead processes; 0 where workers outlive the host. */
  hostStartedAt?: number;
  clock: () => number;
  random: () => number;
}): Slots {
  const { store, settings, clock, hostStartedAt = 0 } = options;
  const shared: Record<string, number> = {};
  if (settings.globalLimit !== undefined) shared.global = settings.globalLimit;
  if (settings.providerLimit !== undefined) shared[`provider_${settings.provider}`] = settings.providerLimit;
  const forTickets = { ...shared };
  if (settings.providerLimit !== undefined)
    forTickets[`provider_${settings.provider}`] = settings.providerLimit - (settings.keptFromTickets ?? 0);
  const heirs = createSlotHeirs(store);
  const held = createHeldSlots(clock);
  const { leaseOf, adopt, hasNewWaits } = held;
  const typeWaits = createTypeWaits({ ...options, heirs, held });
  const stranded = createStrandedTickets(options);
  const others = settings.providers.filter((name) => name !== settings.provider);
  /** The table when a ticket found no slot in it last: the next ones are counted by one write instead of a refusal and one. */
  let crowded: SlotTable | undefined;

  /** The level that is full by what is known. Undefined: there may be a slot, or a dead lease to look for. */
  function levelKnownFull(): string | undefined {
    if (!crowded || findDead(crowded, clock(), hostStartedAt).length > 0) return undefined;
    return fullLevels(crowded, forTickets)[0];
  }

  /** Adds levels to what the holder has; refused, dead leases are looked for once. Answers the levels that are full. */
  async function take(
    holder: string,
    added: Record<string, number>,
    type?: string,
    taskId = '',
  ): Promise<string[]> {
    const before = held.get(holder);
    const lease = leaseOf([...(before?.lease.levels ?? []), ...Object.keys(added)]);
    const change = { holder, from: before?.lease, to: lease, limits: added };
    let outcome = await store.change(change);
    if ((await heirs.free(taskId, outcome.table)) && !outcome.applied) outcome = await store.change(change);
    let freed: SlotLease[] = [];
    if (!outcome.applied) {
      const reaped = await reapSlots(store, outcome.table, clock(), hostStartedAt);
      freed = reaped.freed;
      if (reaped.dead > 0) outcome = await store.change(change);
    }
    const { applied, table } = outcome;
    if (applied) held.set(holder, { lease, type: type ?? before?.type, waits: type ? table.waits(type) : 0 });
    await passOnFreed(holder, freed, applied, table);
    if (applied) {
      held.seen = table;
      return [];
    }
    const full = fullLevels(table, added);
    if (full.length === 0) throw takenOver(holder);
    return full;
  }

  /**
   * Who died cannot go on with what waits for its slots: for each of them a waiting task is shown or a ticket sent.
   *
   * @param isOneTaken one of the slots at each level is the finder's own now
   */
  async function passOnFreed(
    finder: string,
    freed: readonly SlotLease[],
    isOneTaken: boolean,
    known: SlotTable,
  ): Promise<void> {
    let table = known;
    for (const [index, { levels }] of freed.entries()) {
      if (!isOneTaken || index > 0) table = await serveFreed(finder, levels, table);
      for (const provider of settings.providers) await stranded.sendOwn(finder, provider, levels, {}, table);
    }
  }

  async function serveFreed(finder: string, levels: readonly string[], table: SlotTable): Promise<SlotTable> {
    const type = Object.keys(settings.typeLimits).find((name) => levels.includes(typeLevel(name)));
    const next = type === undefined ? undefined : await typeWaits.next(type, true);
    if (type !== undefined && next) {
      await typeWaits.wake(type, next);
      return table;
    }
    const parked = chooseParked(table, levels, settings.providers, options.random);
    return parked ? stranded.send(finder, parked) : table;
  }

  async function acquireType(holder: string, type: string, taskId?: string): Promise<'held' | 'full'> {
    const limit = settings.typeLimits[type];
    const own = held.get(holder)?.type;
    if (limit === undefined || own === type) return 'held';
    // Of a task that was dealt with without a call.
    if (own !== undefined && !(await releaseType(holder))) throw takenOver(holder);
    const full = await take(holder, { [typeLevel(type)]: limit }, type, taskId);
    return full.length === 0 ? 'held' : 'full';
  }

  async function renew(holder: string): Promise<boolean> {
    for (;;) {
      const own = held.get(holder);
      if (!own) return true;
      const lease = { ...own.lease, until: clock() + slotLeaseMs };
      const outcome = await store.change({ holder, from: own.lease, to: lease });
      if (outcome.applied) held.set(holder, { ...own, lease });
      else if (adopt(holder, outcome.table)) continue;
      return outcome.applied;
    }
  }

  async function releaseType(holder: string): Promise<boolean> {
    for (;;) {
      const own = held.get(holder);
      if (own?.type === undefined) return true;
      const next = await typeWaits.next(own.type, true);
      const levels = own.lease.levels.filter((level) => level in shared);
      const kept = levels.length > 0 ? leaseOf(levels) : undefined;
      const outcome = await store.change({ holder, from: own.lease, to: kept, waits: waitsOf(own) });
      const { applied, table } = outcome;
      if (!applied && (adopt(holder, table) || hasNewWaits(holder, table))) continue;
      if (applied && kept) held.set(holder, { lease: kept, type: undefined, waits: 0 });
      else held.delete(holder);
      if (next) await typeWaits.handOver(own.type, next);
      return applied;
    }
  }

  return {
    async acquire(holder) {
      if (Object.keys(shared).length === 0) return 'held';
      for (;;) {
        const full = levelKnownFull() ?? (await take(holder, forTickets))[0];
        if (full === undefined) return 'held';
        const key = parkingKey(full, settings.provider);
        const { applied, table } = await store.parkTicket(key, full, forTickets[full] ?? 0);
        crowded = applied ? table : undefined;
        if (!applied) continue;
        await stranded.sendOthers(holder, shared, others, table);
        return 'parked';
      }
    },

    async acquireNow(holder) {
      if (Object.keys(shared).length === 0) return 'held';
      return (await take(holder, shared)).length === 0 ? 'held' : 'full';
    },

    acquireType,

    async waitForType(holder, type) {
      const limit = settings.typeLimits[type];
      if (limit === undefined) return 'held';
      for (;;) {
        if ((await store.countWait(type, typeLevel(type), limit)).applied) return 'waits';
        if ((await acquireType(holder, type)) === 'held') return 'held';
      }
    },

    renew,

    async renewForCall(holder) {
      const own = held.get(holder);
      const isLong = !own || own.lease.until - clock() >= rowLeaseMs + requestMs;
      return isLong || renew(holder);
    },

    passOn: createPassOn({ ...options, shared, held, typeWaits, stranded }),

    releaseType,

    async release(holder) {
      try {
        for (;;) {
          const own = held.get(holder);
          if (!own) return;
          const outcome = await store.change({ holder, from: own.lease, to: undefined });
          if (outcome.applied || !adopt(holder, outcome.table)) return;
        }
      } finally {
        held.delete(holder);
      }
    },
  };
}

function fullLevels(table: SlotTable, limits: Readonly<Record<string, number>>): string[] {
  return Object.keys(limits).filter((level) => table.taken(level) >= (limits[level] ?? 0));
}

function takenOver(holder: string): Error {
  return new Error(`The slots of ${holder} were taken over`);
}
