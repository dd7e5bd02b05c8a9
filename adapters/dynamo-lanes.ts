import * as z from 'zod';
import { type Lanes, type LaneTask, lanePrefix, ownershipMs } from '../core/scheduling/lanes.ts';
import { type QueuedTask, TaskMessage } from '../core/scheduling/task-message.ts';
import { type Priority, priorities } from '../core/tasks/task.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import { createLaneMarks, laneMark } from './dynamo-lane-marks.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { jsonText, parseItem } from './parse-item.ts';

const pkOf = (provider: string) => `LANE#${provider}`;
const ownerKey = (provider: string): ItemKey => ({ pk: pkOf(provider), sk: 'OWNER' });
const turnsKey = (provider: string, priority: Priority): ItemKey => ({
  pk: pkOf(provider),
  sk: `ROUNDS#${priority}`,
});
/** Rows of waiting tasks begin so; those of owner and turns do not. */
const taskPrefix = 'T';
const prefixOf = (priority: Priority) => `${taskPrefix}${priorities.indexOf(priority)}#`;
const roundOf = (sk: string) => Number(sk.split('#')[1]);

/** A waiting task. Times are epoch milliseconds. */
const LaneRow = z.object({
  sk: z.string(),
  message: jsonText(TaskMessage),
  visible_at: z.number(),
  receives: z.number(),
});
const OwnerRow = z.object({ tenant: z.string(), until: z.number() });
const rowsRead = 60;
/** So much of an ownership is left when it is asked for again, and at the least for what is sent by it. */
const renewMs = ownershipMs / 2;
/** Who was refused does not ask again for so long: lanes cost about as much as queues. */
const refusedMs = 10_000;

/** @param options.clock epoch milliseconds */
export function createDynamoLanes(options: { table: DynamoTable; clock: () => number }): Lanes & {
  /** Told of a provider's health as it was read: it says whether its lanes are in use. */
  noteHealth(provider: string, item: Item | undefined): void;
} {
  const { table, clock } = options;
  /** By provider: until when a tenant's tasks go into the queues, or do not. */
  const owners = new Map<string, { tenant: string; owns: boolean; until: number }[]>();
  const marks = new Map<string, number>();
  const laneMarks = createLaneMarks(table, clock);

  function remember(provider: string, tenant: string, owns: boolean, until: number): boolean {
    const others = (owners.get(provider) ?? []).filter(
      (each) => each.tenant !== tenant && each.until > clock(),
    );
    owners.set(provider, [...others, { tenant, owns, until }]);
    return owns;
  }

  async function queryTasks(provider: string, prefix: string, limit: number, startKey?: Item) {
    return table.query({
      where: '#pk = :pk AND begins_with(#sk, :prefix)',
      values: { pk: pkOf(provider), prefix },
      limit,
      startKey,
      consistent: true,
    });
  }

  /** The rounds of so many tasks more: after the tenant's others, and not before the queue's next turn. */
  async function bookRounds(
    provider: string,
    priority: Priority,
    tenant: string,
    count: number,
  ): Promise<number> {
    const key = turnsKey(provider, priority);
    for (;;) {
      const item = await table.get(key, { consistent: true });
      const numberOf = (name: string) =>
        typeof item?.[name] === 'number' ? (item[name] as number) : undefined;
      const name = `t_${tenant}`;
      const own = numberOf(name);
      const first = Math.max(own ?? 0, numberOf('turn') ?? 0);
      const outcome = await table.update({
        key,
        set: { own: first + count },
        names: { own: name },
        condition: own === undefined ? 'attribute_not_exists(#own)' : '#own = :before',
        values: { before: own },
      });
      if (outcome.applied) return first;
    }
  }

  async function addGroup(tasks: readonly QueuedTask[]): Promise<void> {
    const [first] = tasks;
    if (!first) return;
    const { provider, priority, message } = first;
    const round = await bookRounds(provider, priority, message.tenant, tasks.length);
    await table.putMany(
      tasks.map((task, index) => ({
        pk: pkOf(provider),
        sk: `${prefixOf(priority)}${String(round + index).padStart(12, '0')}#${task.message.tenant}#${task.message.taskId}#${task.message.revision}`,
        message: JSON.stringify(task.message),
        visible_at: clock() + (task.delayMs ?? 0),
        receives: 0,
        ttl: Math.ceil(task.message.deadlineAt / 1000) + 3_600,
      })),
    );
  }

  const keyOf = (provider: string, handle: string): ItemKey => ({
    pk: pkOf(provider),
    sk: handle.slice(lanePrefix.length),
  });

  function toLaneTask(item: Item, priority: Priority): LaneTask {
    const { sk, message, receives } = parseItem('The row of a task in a lane', LaneRow, item);
    return {
      round: roundOf(sk),
      received: { message, priority, receiveCount: receives + 1, handle: lanePrefix + sk },
    };
  }

  return {
    noteHealth(provider, item) {
      const at = item?.[laneMark];
      if (typeof at === 'number') marks.set(provider, at);
      else marks.delete(provider);
    },

    areInUse: (provider) => marks.has(provider),

    async ownsQueues(provider, tenant, areEmpty) {
      const now = clock();
      const known = owners.get(provider)?.find((each) => each.tenant === tenant && each.until > now);
      if (known) return known.owns;
      const key = ownerKey(provider);
      const set = { tenant, until: now + ownershipMs };
      const own = await table.update({
        key,
        set,
        condition: 'attribute_not_exists(#tenant) OR #tenant = :tenant',
        values: { tenant },
      });
      if (own.applied) return remember(provider, tenant, true, now + renewMs);
      const owner = parseItem('The row of a provider’s owner', OwnerRow, own.item);
      if (owner.until > now || !(await areEmpty())) return remember(provider, tenant, false, now + refusedMs);
      const taken = await table.update({
        key,
        set,
        condition: '#tenant = :owner AND #until = :ended',
        values: { owner: owner.tenant, ended: owner.until },
      });
      return remember(provider, tenant, taken.applied, now + (taken.applied ? renewMs : refusedMs));
    },

    async add(tasks) {
      const groups = Object.groupBy(
        tasks,
        ({ provider, priority, message }) => `${provider} ${priority} ${message.tenant}`,
      );
      for (const group of Object.values(groups)) await addGroup(group ?? []);
      // After them: whoever finds the lanes empty takes off only the mark that it saw before.
      for (const provider of new Set(tasks.map((task) => task.provider))) await laneMarks.set(provider);
    },

    async list(provider, priority) {
      let startKey: Item | undefined;
      for (;;) {
        const page = await queryTasks(provider, prefixOf(priority), rowsRead, startKey);
        const now = clock();
        const shown = page.items.filter(({ visible_at: at }) => typeof at !== 'number' || at <= now);
        if (shown.length > 0) return shown.map((item) => toLaneTask(item, priority));
        if (!page.lastKey) return [];
        startKey = page.lastKey;
      }
    },

    async noteEmpty(provider) {
      const seen = marks.get(provider);
      const { items } = await queryTasks(provider, taskPrefix, 1);
      if (seen === undefined || items.length > 0) return;
      if (await laneMarks.clear(provider, seen)) marks.delete(provider);
    },

    async takeQueueTurn(provider, priority, round) {
      const outcome = await table.update({
        key: turnsKey(provider, priority),
        set: { turn: round + 1 },
        condition: 'attribute_not_exists(#turn) OR #turn <= :round',
        values: { round },
      });
      return outcome.applied;
    },

    async take(provider, { received }, visibilityMs) {
      const now = clock();
      const outcome = await table.update<Item>({
        key: keyOf(provider, received.handle),
        set: { visible_at: now + visibilityMs },
        add: { receives: 1 },
        condition: '#visible_at <= :now',
        values: { now },
      });
      return outcome.applied ? received : undefined;
    },

    async delete(provider, handle) {
      await table.delete(keyOf(provider, handle));
    },

    async setVisibility(provider, handle, milliseconds) {
      await table.update({
        key: keyOf(provider, handle),
        set: { visible_at: clock() + Math.max(0, milliseconds) },
        condition: 'attribute_exists(#pk)',
      });
    },

    async count(provider) {
      const counts = Object.fromEntries(
        priorities.map((priority) => [priority, { visible: 0, inFlight: 0, delayed: 0 }]),
      ) as Awaited<ReturnType<Lanes['count']>>;
      let startKey: Item | undefined;
      do {
        const page = await queryTasks(provider, taskPrefix, 1_000, startKey);
        const now = clock();
        for (const item of page.items) {
          const priority = priorities[Number(String(item.sk).charAt(1))] ?? 'normal';
          const isHidden = Number(item.visible_at) > now;
          counts[priority][isHidden ? (Number(item.receives) > 0 ? 'inFlight' : 'delayed') : 'visible'] += 1;
        }
        startKey = page.lastKey;
      } while (startKey);
      return counts;
    },

    async mend(provider) {
      const { items } = await queryTasks(provider, taskPrefix, 1);
      if (items.length > 0) await laneMarks.setMissing(provider);
    },

    async listIds(provider, limit) {
      const { items } = await queryTasks(provider, taskPrefix, limit);
      return items.map(({ sk }) => String(sk).split('#')[3] ?? '');
    },
  };
}
