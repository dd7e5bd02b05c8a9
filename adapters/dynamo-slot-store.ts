import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import {
  countHeld,
  type SlotLease,
  type SlotOutcome,
  type SlotStore,
  type SlotTable,
} from '../core/scheduling/slot-store.ts';
import type { Item, ItemUpdate, UpdateOutcome } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';

const key = { pk: 'SEMAPHORE', sk: 'LEASES' };

/** `level|level|from|until`, as earlier versions wrote it. */
const formerLease = /^(.*)\|(\d+)\|(\d+)$/;
/** `level|level from length`, both in base 36, with `@<name>` for the level of a provider. */
const compactLease = /^(\S*) ([0-9a-z]+) ([0-9a-z]+)$/;

/** What was read is said in the same words when it is the condition of a change. */
const textsRead = new WeakMap<SlotLease, string>();

const LeaseText = z.string().transform((text, context): SlotLease => {
  const compact = compactLease.exec(text);
  const [, levels, from, end] = compact ?? formerLease.exec(text) ?? [];
  if (levels === undefined || from === undefined || end === undefined) {
    context.addIssue('is no lease');
    return z.NEVER;
  }
  const start = Number.parseInt(from, compact ? 36 : 10);
  const lease = {
    levels: levels === '' ? [] : levels.split('|').map((level) => level.replace(/^@/, providerLevel)),
    from: start,
    until: compact ? start + Number.parseInt(end, 36) : Number(end),
  };
  textsRead.set(lease, text);
  return lease;
});
const providerLevel = 'provider_';
const Leases = z.object({ l: z.record(z.string(), LeaseText).default({}) });

/** Short, for each change is billed by the size of the whole table: with twenty leases it is below 1 KB. */
function writeLease(lease: SlotLease): string {
  const asRead = textsRead.get(lease);
  if (asRead !== undefined) return asRead;
  const { levels, from, until } = lease;
  const names = levels.map((level) =>
    level.startsWith(providerLevel) ? `@${level.slice(providerLevel.length)}` : level,
  );
  return `${names.join('|')} ${from.toString(36)} ${(until - from).toString(36)}`;
}

const attributeOf = (prefix: 'n' | 'p' | 'w') => (name: string) => `${prefix}_${name.replace(/\W/g, '_')}`;
/** Slots taken of a level, tickets parked under a key, waits counted for a type. */
const takenOf = attributeOf('n');
const parkedOf = attributeOf('p');
const waitsOf = attributeOf('w');

/**
 * One item: a map of leases and its counters, so that a change of all of them is one conditional UpdateItem. Whoever
 * repeats a change whose answer was lost finds the lease as it meant to leave it.
 */
export function createDynamoSlotStore({ table }: { table: DynamoTable }): SlotStore {
  /** The map must be there before anything can be put into it; it is made when the first write finds it missing. */
  async function update(change: Omit<ItemUpdate, 'key' | 'returnNew'>): Promise<UpdateOutcome> {
    const outcome = await table.update({ ...change, key, returnNew: true });
    if (outcome.applied || outcome.item?.l !== undefined) return outcome;
    await table.update({ key, setTo: { l: 'if_not_exists(#l, :empty)' }, values: { empty: {} } });
    return table.update({ ...change, key, returnNew: true });
  }

  async function count(attribute: string, level: string, limit: number): Promise<SlotOutcome> {
    const outcome = await update({
      add: { [attribute]: 1 },
      condition: `attribute_exists(#l) AND #${takenOf(level)} >= :limit`,
      values: { limit },
    });
    return { applied: outcome.applied, table: toTable(outcome.item) };
  }

  return {
    read: async () => toTable(await table.get(key, { consistent: true })),

    async change({ holder, from, to, limits = {}, waits, mostParked = {}, unpark }) {
      const [before, after] = [from?.levels ?? [], to?.levels ?? []];
      const counts: Record<string, number> = unpark === undefined ? {} : { [parkedOf(unpark)]: -1 };
      const count = (level: string, by: 1 | -1) => {
        counts[takenOf(level)] = (counts[takenOf(level)] ?? 0) + by;
      };
      for (const level of after) if (!before.includes(level)) count(level, 1);
      // An earlier version counted a level twice where a holder asked for it twice; its lease names it as often.
      for (const level of before) if (!after.includes(level)) count(level, -1);
      const conditions = ['attribute_exists(#l)', from ? '#l.#id = :from' : 'attribute_not_exists(#l.#id)'];
      const values: Item = { from: from && writeLease(from) };
      const free = (attribute: string, below: number) => {
        conditions.push(`(attribute_not_exists(#${attribute}) OR #${attribute} < :below_${attribute})`);
        values[`below_${attribute}`] = below;
      };
      for (const [level, limit] of Object.entries(limits)) free(takenOf(level), limit);
      for (const [parked, most] of Object.entries(mostParked)) free(parkedOf(parked), most + 1);
      if (unpark !== undefined) {
        conditions.push(`#${parkedOf(unpark)} >= :one`);
        values.one = 1;
      }
      if (waits !== undefined) {
        const attribute = waitsOf(waits.type);
        conditions.push(
          waits.count === 0
            ? `(attribute_not_exists(#${attribute}) OR #${attribute} = :waits)`
            : `#${attribute} = :waits`,
        );
        values.waits = waits.count;
      }
      const outcome = await update({
        ...(to ? { set: { 'l.id': writeLease(to) } } : { remove: ['l.id'] }),
        add: counts,
        condition: conditions.join(' AND '),
        values,
        names: { id: holder },
      });
      const result = toTable(outcome.item);
      if (outcome.applied) return { applied: true, table: result };
      const now = result.leases.get(holder);
      const isOwnRepeat = to !== undefined && now !== undefined && writeLease(now) === writeLease(to);
      return { applied: isOwnRepeat, table: result };
    },

    parkTicket: (parkedKey, level, limit) => count(parkedOf(parkedKey), level, limit),
    countWait: (type, level, limit) => count(waitsOf(type), level, limit),

    async recount(level, seen) {
      const own = randomUUID();
      // While the count is the same, so is what the leases add up to: each change changes both alike. What is repeated
      // after a lost answer must not set it again, when slots were taken since.
      const outcome = await table.update({
        key,
        set: { [takenOf(level)]: countHeld(seen, level), recounted_by: own },
        condition: `#${takenOf(level)} = :taken AND (attribute_not_exists(#recounted_by) OR #recounted_by <> :own)`,
        values: { taken: seen.taken(level), own },
      });
      return outcome.applied || outcome.item?.recounted_by === own;
    },
  };
}

function toTable(item: Item | undefined): SlotTable {
  const { l } = parseItem('The table of slots', Leases, item ?? {});
  const number = (attribute: string) => {
    const value = item?.[attribute];
    return typeof value === 'number' ? value : 0;
  };
  return {
    leases: new Map(Object.entries(l)),
    taken: (level) => number(takenOf(level)),
    parkedTickets: (parkedKey) => number(parkedOf(parkedKey)),
    waits: (type) => number(waitsOf(type)),
  };
}
