import {
  countHeld,
  type SlotChange,
  type SlotLease,
  type SlotStore,
  type SlotTable,
} from '../../../core/scheduling/slot-store.ts';
import type { WaitingTask, WaitingTasks } from '../../../core/scheduling/waiting-tasks.ts';
import { priorities } from '../../../core/tasks/task.ts';

/** The table of slots in memory, with the conditions of the port. */
export function createMemorySlotStore(): SlotStore {
  const leases = new Map<string, SlotLease>();
  const counters = new Map<string, number>();
  const count = (name: string) => counters.get(name) ?? 0;
  const bump = (name: string, by: number) => counters.set(name, count(name) + by);
  const isSame = (one: SlotLease | undefined, other: SlotLease | undefined) =>
    JSON.stringify(one) === JSON.stringify(other);
  const table = (): SlotTable => {
    const copy = new Map(counters);
    const of = (name: string) => copy.get(name) ?? 0;
    return {
      leases: new Map(leases),
      taken: (level) => of(`n ${level}`),
      parkedTickets: (key) => of(`p ${key}`),
      waits: (type) => of(`w ${type}`),
    };
  };

  function applies({ holder, from, limits = {}, waits, mostParked = {}, unpark }: SlotChange): boolean {
    return (
      isSame(leases.get(holder), from) &&
      Object.entries(limits).every(([level, limit]) => count(`n ${level}`) < limit) &&
      (waits === undefined || count(`w ${waits.type}`) === waits.count) &&
      Object.entries(mostParked).every(([key, most]) => count(`p ${key}`) <= most) &&
      (unpark === undefined || count(`p ${unpark}`) >= 1)
    );
  }

  return {
    read: async () => table(),
    async change(change) {
      const { holder, from, to, unpark } = change;
      if (!applies(change))
        return { applied: to !== undefined && isSame(leases.get(holder), to), table: table() };
      for (const level of to?.levels ?? []) if (!from?.levels.includes(level)) bump(`n ${level}`, 1);
      for (const level of from?.levels ?? []) if (!to?.levels.includes(level)) bump(`n ${level}`, -1);
      if (unpark !== undefined) bump(`p ${unpark}`, -1);
      if (to) leases.set(holder, to);
      else leases.delete(holder);
      return { applied: true, table: table() };
    },
    async parkTicket(key, level, limit) {
      const applied = count(`n ${level}`) >= limit;
      if (applied) bump(`p ${key}`, 1);
      return { applied, table: table() };
    },
    async countWait(type, level, limit) {
      const applied = count(`n ${level}`) >= limit;
      if (applied) bump(`w ${type}`, 1);
      return { applied, table: table() };
    },
    async recount(level, seen) {
      const applied = count(`n ${level}`) === seen.taken(level);
      if (applied) counters.set(`n ${level}`, countHeld(seen, level));
      return applied;
    },
  };
}

export function createMemoryWaitingTasks(): WaitingTasks & { count(type: string): number } {
  const rows = new Map<string, Map<string, WaitingTask>>();
  const of = (type: string) => {
    const list = rows.get(type) ?? new Map<string, WaitingTask>();
    rows.set(type, list);
    return list;
  };
  const keyOf = ({ received: { priority, message } }: WaitingTask) =>
    `${priorities.indexOf(priority)} ${String(message.createdAt).padStart(15, '0')} ${message.taskId}`;
  return {
    async add(type, waiting) {
      of(type).set(keyOf(waiting), waiting);
    },
    async remove(type, waiting) {
      of(type).delete(keyOf(waiting));
    },
    list: async (type, limit) =>
      [...of(type)]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .slice(0, limit)
        .map(([, waiting]) => waiting),
    count: (type) => of(type).size,
  };
}
