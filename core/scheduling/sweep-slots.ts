import { renewEveryMs, requestMs, slotLeaseMs } from './hold-times.ts';
import { reapSlots } from './reap-slots.ts';
import { countHeld, parkingKey, type SlotStore, type SlotTable, typeLevel } from './slot-store.ts';
import type { SweepState } from './sweep-state.ts';
import type { TaskQueues } from './task-queues.ts';
import type { WaitingTasks } from './waiting-tasks.ts';
import { createWake } from './wake.ts';

export interface SweepSlotsOptions {
  /** Limits that are held by the table of slots, by level. */
  levels: Readonly<Record<string, number>>;
  /** Task types with a limit of their own. */
  limitedTypes: readonly string[];
  queues: Pick<TaskQueues, 'sendTickets' | 'setVisibility'>;
  slotStore: SlotStore;
  waiting: WaitingTasks;
  state: Pick<SweepState, 'read' | 'write'>;
  hostStartedAt?: number;
  clock: () => number;
  onError: (error: unknown) => void;
}

/** A lease that is renewed lasts for longer. */
const leastLeftMs = slotLeaseMs - renewEveryMs - requestMs;
/** By which a worker's clock may be behind. */
const clocksDifferMs = 2_000;

/** Where it keeps what it saw of the limited types; no provider has such a name. */
const sweepOfTypes = '*types';
const nothing = { missingTickets: 0, counts: '', lostTasks: [], idleSlots: [], youngestStarted: {} };

/** What the sweeper does about slots: those of dead workers, and what waits beside free ones. */
export function createSweepSlots(options: SweepSlotsOptions) {
  const { queues, slotStore, waiting, state, clock } = options;
  const wake = createWake(queues);
  /** Where the last `reap` found slots of dead workers. */
  let freedLevels: ReadonlySet<string> = new Set();

  function parkedFor(
    provider: string,
    table: SlotTable | undefined,
  ): { key: string; level: string; count: number }[] {
    if (!table) return [];
    return Object.keys(options.levels).map((level) => {
      const key = parkingKey(level, provider);
      return { key, level, count: Math.max(0, table.parkedTickets(key)) };
    });
  }

  const freeOf = (level: string, table: SlotTable) =>
    Math.max(0, (options.levels[level] ?? 0) - table.taken(level));

  /** In how many milliseconds each slot of a level is anybody's whose holder has not renewed it: nobody else would look then. */
  function listEnding(level: string, { leases }: SlotTable): number[] {
    const left = [...leases.values()].map(({ levels, until }) =>
      levels.includes(level) ? until - clock() : Infinity,
    );
    return left.filter((each) => each < leastLeftMs).map((each) => each + clocksDifferMs);
  }

  /**
   * Tickets that were counted because a level was full: while it has free slots in two sweeps, or in this one for the
   * first time because their holders were found dead; and for the time at which those have free slots who seem to be.
   */
  async function sendParked(provider: string, table: SlotTable, before: readonly string[]) {
    const idle: string[] = [];
    let sent = 0;
    for (const { key, level, count } of parkedFor(provider, table)) {
      const free = Math.min(count, freeOf(level, table));
      if (free > 0) idle.push(key);
      const isFree = before.includes(key) || freedLevels.has(level);
      const now = Array<number>(isFree ? free : 0).fill(0);
      const delays = free > 0 ? now : listEnding(level, table).slice(0, count);
      for (const delayMs of delays) {
        const holder = `sweep-${provider}`;
        const { applied } = await slotStore.change({ holder, from: undefined, to: undefined, unpark: key });
        if (!applied) break;
        await queues.sendTickets(provider, 1, delayMs, 'slot');
        sent += 1;
      }
    }
    return { idle, sent };
  }

  /** Tasks that wait for their type while it has free slots, as with parked tickets: whoever held them died before it looked. */
  async function wakeTypes(table: SlotTable): Promise<number> {
    const before = (await state.read(sweepOfTypes))?.idleSlots ?? [];
    const idle: string[] = [];
    let woken = 0;
    for (const type of options.limitedTypes) {
      const free = freeOf(typeLevel(type), table);
      const found = free > 0 ? await waiting.list(type, free) : [];
      if (found.length === 0) continue;
      idle.push(type);
      if (!before.includes(type) && !freedLevels.has(typeLevel(type))) continue;
      for (const each of found) {
        await wake(each).catch(options.onError);
        await waiting.remove(type, each);
        woken += 1;
      }
    }
    await state.write(sweepOfTypes, { ...nothing, idleSlots: idle }, clock());
    return woken;
  }

  /** Slots whose workers died. */
  async function reap(): Promise<number> {
    const table = await slotStore.read();
    freedLevels = new Set();
    const { freed } = await reapSlots(slotStore, table, clock(), options.hostStartedAt ?? 0);
    freedLevels = new Set(freed.flatMap(({ levels }) => levels));
    return freed.length;
  }

  /** Slots that no lease holds, and that would be taken for ever: an earlier version lost count of them. */
  async function recount(): Promise<number> {
    const table = await slotStore.read();
    let corrected = 0;
    for (const level of Object.keys(options.levels))
      if (table.taken(level) !== countHeld(table, level))
        corrected += (await slotStore.recount(level, table)) ? 1 : 0;
    return corrected;
  }

  return { parkedFor, sendParked, wakeTypes, reap, recount };
}
