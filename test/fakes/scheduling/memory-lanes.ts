import { type Lanes, type LaneTask, lanePrefix, ownershipMs } from '../../../core/scheduling/lanes.ts';
import type { QueuedTask } from '../../../core/scheduling/task-message.ts';
import { type Priority, priorities } from '../../../core/tasks/task.ts';

interface Row {
  task: QueuedTask;
  round: number;
  visibleAt: number;
  receives: number;
}

/** Lanes in memory, in use as soon as something is in them. */
export function createMemoryLanes(clock: () => number): Lanes & {
  size(): number;
  /** Epoch ms of the next row that will show; Infinity without one. */
  nextVisibleAt(): number;
} {
  const rows = new Map<string, Row>();
  const owners = new Map<string, { tenant: string; until: number }>();
  const turns = new Map<string, number>();
  let numbered = 0;
  const line = (provider: string, priority: Priority) => `${provider}/${priority}`;
  const idOf = (handle: string) => handle.slice(lanePrefix.length);
  const of = (provider: string) => [...rows].filter(([, { task }]) => task.provider === provider);

  return {
    size: () => rows.size,
    nextVisibleAt: () => Math.min(...[...rows.values()].map(({ visibleAt }) => visibleAt)),
    async ownsQueues(provider, tenant, areEmpty) {
      const owner = owners.get(provider);
      const isFree = !owner || owner.tenant === tenant || (owner.until <= clock() && (await areEmpty()));
      if (isFree) owners.set(provider, { tenant, until: clock() + ownershipMs });
      return isFree;
    },
    async add(tasks) {
      for (const task of tasks) {
        const key = line(task.provider, task.priority);
        const own = `${key}/${task.message.tenant}`;
        const round = Math.max(turns.get(own) ?? 0, turns.get(key) ?? 0);
        turns.set(own, round + 1);
        numbered += 1;
        rows.set(String(numbered), { task, round, visibleAt: clock() + (task.delayMs ?? 0), receives: 0 });
      }
    },
    areInUse: (provider) => of(provider).length > 0,
    async list(provider, priority) {
      const shown = of(provider).filter(
        ([, { task, visibleAt }]) => task.priority === priority && visibleAt <= clock(),
      );
      return shown
        .sort(([, one], [, other]) => one.round - other.round)
        .map(([id, { task, round, receives }]): LaneTask => {
          const { message } = task;
          return {
            round,
            received: { message, priority, receiveCount: receives + 1, handle: lanePrefix + id },
          };
        });
    },
    noteEmpty: async () => {},
    async takeQueueTurn(provider, priority, round) {
      const key = line(provider, priority);
      if ((turns.get(key) ?? 0) > round) return false;
      turns.set(key, round + 1);
      return true;
    },
    async take(_provider, { received }, visibilityMs) {
      const row = rows.get(idOf(received.handle));
      if (!row || row.visibleAt > clock()) return undefined;
      Object.assign(row, { visibleAt: clock() + visibilityMs, receives: row.receives + 1 });
      return received;
    },
    async delete(_provider, handle) {
      rows.delete(idOf(handle));
    },
    async setVisibility(_provider, handle, milliseconds) {
      const row = rows.get(idOf(handle));
      if (row) row.visibleAt = clock() + Math.max(0, milliseconds);
    },
    async count(provider) {
      const counts = { visible: 0, inFlight: 0, delayed: 0 };
      const all = Object.fromEntries(priorities.map((priority) => [priority, { ...counts }]));
      for (const [, { task, visibleAt, receives }] of of(provider)) {
        const own = all[task.priority];
        if (own) own[visibleAt <= clock() ? 'visible' : receives > 0 ? 'inFlight' : 'delayed'] += 1;
      }
      return all as Awaited<ReturnType<Lanes['count']>>;
    },
    mend: async () => {},
    listIds: async (provider, limit) =>
      of(provider)
        .slice(0, limit)
        .map(([, { task }]) => task.message.taskId),
  };
}
