import { requestMs, rowLeaseMs, slotLeaseMs } from './hold-times.ts';
import { chooseParked } from './parked-tickets.ts';
import { reapSlots } from './reap-slots.ts';
import { createSlotHeirs } from './slot-heirs.ts';
import { parkingKey, type SlotLease, type SlotStore, type SlotTable, typeLevel } from './slot-store.ts';
import type { WaitingTask, WaitingTasks } from './waiting-tasks.ts';

export interface SlotSettings {
  provider: string;
  /** All providers of the deployment: their tickets may be parked at the levels they share. */
  providers: readonly string[];
  /** Set where reserved concurrency does not hold the provider's limit. */
  providerLimit?: number | undefined;
  /** Of the provider's limit: slots that tickets leave to calls that somebody waits for. */
  keptFromTickets?: number | undefined;
  globalLimit?: number | undefined;
  typeLimits: Readonly<Record<string, number>>;
}

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

interface Held {
  lease: SlotLease;
  type: string | undefined;
  /** Of the type, when its waiting tasks were last looked for: one more, and someone came since. */
  waits: number;
}

/** Among so many one of another provider is looked for, where this provider can start nothing. */
const waitingLookedAt = 20;

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
  const { store, waiting, settings, clock, hostStartedAt = 0 } = options;
  const shared: Record<string, number> = {};
  if (settings.globalLimit !== undefined) shared.global = settings.globalLimit;
  if (settings.providerLimit !== undefined) shared[`provider_${settings.provider}`] = settings.providerLimit;
  const forTickets = { ...shared };
  if (settings.providerLimit !== undefined)
    forTickets[`provider_${settings.provider}`] = settings.providerLimit - (settings.keptFromTickets ?? 0);
  const heirs = createSlotHeirs(store);
  const held = new Map<string, Held>();
  /** The table as it was seen last: whether tickets are likely to be parked. */
  let seen: SlotTable | undefined;

  const leaseOf = (levels: readonly string[]): SlotLease => {
    const from = clock();
    return { levels, from, until: from + slotLeaseMs };
  };

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
    // One of them is the holder's own now.
    await passOnFreed(holder, applied ? freed.slice(1) : freed, table);
    if (applied) {
      seen = table;
      return [];
    }
    const full = Object.keys(added).filter((level) => table.taken(level) >= (added[level] ?? 0));
    if (full.length === 0) throw takenOver(holder);
    return full;
  }

  /** Who died cannot go on with what waits for its slots: for each of them a waiting task is shown or a ticket sent. */
  async function passOnFreed(finder: string, freed: readonly SlotLease[], known: SlotTable): Promise<void> {
    let table = known;
    for (const { levels } of freed) {
      const type = Object.keys(settings.typeLimits).find((name) => levels.includes(typeLevel(name)));
      const next = type === undefined ? undefined : await nextWaiting(type, true);
      if (type !== undefined && next) {
        await wake(type, next);
        continue;
      }
      const parked = chooseParked(table, levels, settings.providers, options.random);
      if (!parked) continue;
      const holder = `${finder}-freed`;
      const outcome = await store.change({ holder, from: undefined, to: undefined, unpark: parked.key });
      table = outcome.table;
      if (outcome.applied) await options.sendTicket(parked.provider);
    }
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

  async function nextWaiting(type: string, servesOwn: boolean): Promise<WaitingTask | undefined> {
    const found = await waiting.list(type, servesOwn ? 1 : waitingLookedAt);
    return found.find(({ provider }) => servesOwn || provider !== settings.provider);
  }

  /** After its slot was given up. */
  async function handOver(type: string, task: WaitingTask): Promise<void> {
    const level = typeLevel(type);
    await heirs.keepFor(
      task.received.message.taskId,
      level,
      settings.typeLimits[type] ?? 0,
      leaseOf([level]),
    );
    await wake(type, task);
  }

  async function wake(type: string, task: WaitingTask): Promise<void> {
    await options.wake(task);
    await waiting.remove(type, task);
  }

  const waitsOf = ({ type, waits }: Held) => (type === undefined ? undefined : { type, count: waits });

  /**
   * After a refused change: whether the table says something else of the holder's lease than the holder knew. It is its
   * own all the same, since no other has its name: the answer of an earlier change was lost.
   */
  function adopt(holder: string, table: SlotTable): boolean {
    const own = held.get(holder);
    const lease = table.leases.get(holder);
    if (!own || !lease || (lease.from === own.lease.from && lease.until === own.lease.until)) return false;
    held.set(holder, { ...own, lease });
    return true;
  }

  /** Whether a task began to wait since the holder looked; the next look sees it. */
  function hasNewWaits(holder: string, table: SlotTable): boolean {
    const own = held.get(holder);
    if (own?.type === undefined) return false;
    const waits = table.waits(own.type);
    held.set(holder, { ...own, waits });
    return waits !== own.waits;
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
      const next = await nextWaiting(own.type, true);
      const levels = own.lease.levels.filter((level) => level in shared);
      const kept = levels.length > 0 ? leaseOf(levels) : undefined;
      const outcome = await store.change({ holder, from: own.lease, to: kept, waits: waitsOf(own) });
      const { applied, table } = outcome;
      if (!applied && (adopt(holder, table) || hasNewWaits(holder, table))) continue;
      if (applied && kept) held.set(holder, { lease: kept, type: undefined, waits: 0 });
      else held.delete(holder);
      if (next) await handOver(own.type, next);
      return applied;
    }
  }

  /** Of tickets, by key, that may stay parked when slots of these levels are given up. */
  function mostLeft(levels: readonly string[], served: readonly string[], known: SlotTable | undefined) {
    const ofServed = levels.flatMap((level) => served.map((name) => [parkingKey(level, name), 0] as const));
    const ofOwn = levels.flatMap((level) => {
      const key = parkingKey(level, settings.provider);
      return known ? [[key, known.parkedTickets(key)] as const] : [];
    });
    return Object.fromEntries([...ofOwn, ...ofServed]);
  }

  return {
    async acquire(holder) {
      if (Object.keys(shared).length === 0) return 'held';
      for (;;) {
        const [full] = await take(holder, forTickets);
        if (full === undefined) return 'held';
        const key = parkingKey(full, settings.provider);
        if ((await store.parkTicket(key, full, forTickets[full] ?? 0)).applied) return 'parked';
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

    async passOn(holder, found) {
      // A ticket that was parked while its holder looked in vain is for work that the look may have missed.
      const known = found === 'idle' ? seen : undefined;
      let servesOwn = found === 'worked' || (found === 'idle' && !known);
      let heir: WaitingTask | undefined;
      for (;;) {
        const own = held.get(holder);
        if (!own) return { kind: 'none' };
        const { lease, type } = own;
        if (type !== undefined && !heir) {
          heir = await nextWaiting(type, servesOwn);
          if (heir?.provider === settings.provider) return { kind: 'task', waiting: heir };
        }
        const handOn = async () => {
          if (type !== undefined && heir) await handOver(type, heir);
        };
        const levels = lease.levels.filter((level) => level in shared);
        const served = settings.providers.filter((name) => servesOwn || name !== settings.provider);
        const asSeen = { holder, from: lease, waits: waitsOf(own) };
        let parked = seen && chooseParked(seen, levels, served, options.random);
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
        seen = handed.applied ? handed.table : undefined;
        // Refused, and yet the slots are gone: an earlier try, whose answer was lost, may have taken the parked ticket.
        const isRepeat = kept === undefined && !handed.table.leases.has(holder);
        if (!handed.applied && !isRepeat) continue;
        if (kept) held.set(holder, { lease: kept, type: undefined, waits: 0 });
        else held.delete(holder);
        await handOn();
        if (kept) return { kind: 'ticket' };
        await options.sendTicket(parked.provider);
        return { kind: 'none' };
      }
    },

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

function takenOver(holder: string): Error {
  return new Error(`The slots of ${holder} were taken over`);
}
