import * as z from 'zod';
import type { AcquireOutcome, Semaphore } from '../core/scheduling/semaphore.ts';
import type { Item } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { mapInGroups } from './pages.ts';
import { parseItem, parseNumbers } from './parse-item.ts';

interface Lease {
  levels: string[];
  from: number;
  until: number;
}

const key = { pk: 'SEMAPHORE', sk: 'LEASES' };
const kind = 'The row of the semaphore';
const counterPrefix = 'n_';

/** Leases by id, as `level|level|from|until` (epoch ms). Beside them `n_<level>` counts holders. */
const SemaphoreRow = z.object({ l: z.record(z.string(), z.string().regex(/\|\d+\|\d+$/)).optional() });

const reapedAtOnce = 5;

/**
 * One item: a map of leases and a counter a level, so that all levels are taken by one conditional
 * UpdateItem. Leases taken before `hostStartedAt` are dead.
 */
export function createDynamoSemaphore(options: { table: DynamoTable; hostStartedAt?: number }): Semaphore {
  const { table, hostStartedAt = 0 } = options;
  const isDead = (lease: Lease, now: number) => lease.until < now || lease.from < hostStartedAt;

  /** Takes places; when refused, it reaps the dead leases and tries once more. */
  async function take(
    leaseId: string,
    added: Record<string, number>,
    lease: Lease,
    condition: string,
    now: number,
    again = true,
  ): Promise<AcquireOutcome> {
    const levels = Object.keys(added);
    const outcome = await table.update({
      key,
      set: { 'l.id': writeLease(lease) },
      add: Object.fromEntries(levels.map((level) => [counter(level), 1])),
      condition: [
        'attribute_exists(#l)',
        condition,
        ...levels.map(
          (level) =>
            `(attribute_not_exists(#${counter(level)}) OR #${counter(level)} < :max_${counter(level)})`,
        ),
      ].join(' AND '),
      values: Object.fromEntries(levels.map((level) => [`max_${counter(level)}`, added[level]])),
      names: { id: leaseId },
    });
    if (outcome.applied) return { acquired: true };
    const leases = readLeases(outcome.item);
    if (!leases) {
      await table.update({ key, setTo: { l: 'if_not_exists(#l, :empty)' }, values: { empty: {} } });
    } else if (again) {
      await reap(leases, now);
    }
    if (again) return take(leaseId, added, lease, condition, now, false);
    const holders = parseNumbers(kind, counterPrefix, outcome.item ?? {});
    const isFull = (level: string) => (holders[counterName(level)] ?? 0) >= (added[level] ?? 0);
    return { acquired: false, full: levels.filter(isFull) };
  }

  async function reap(leases: Record<string, string>, now: number): Promise<number> {
    const dead = Object.entries(leases)
      .filter(([, text]) => isDead(readLease(text), now))
      .slice(0, reapedAtOnce * 4);
    const dropped = await mapInGroups(dead, reapedAtOnce, ([id, text]) => drop(id, text));
    return dropped.filter(Boolean).length;
  }

  /** Removes a lease as it was seen, with its places; another's renewal or release in between wins. */
  async function drop(leaseId: string, seen: string): Promise<boolean> {
    const outcome = await table.update({
      key,
      remove: ['l.id'],
      add: Object.fromEntries(readLease(seen).levels.map((level) => [counter(level), -1])),
      condition: '#l.#id = :seen',
      values: { seen },
      names: { id: leaseId },
    });
    return outcome.applied;
  }

  async function findLeases(): Promise<Record<string, string> | undefined> {
    return readLeases(await table.get(key, { consistent: true }));
  }

  const known = new Map<string, string>();
  return {
    async acquire(leaseId, levels, now, until) {
      const lease = { levels: Object.keys(levels), from: now, until };
      const outcome = await take(leaseId, levels, lease, 'attribute_not_exists(#l.#id)', now);
      if (outcome.acquired) known.set(leaseId, writeLease(lease));
      return outcome;
    },

    async extend(leaseId, level, limit, now, until) {
      const held = known.get(leaseId);
      if (!held) return this.acquire(leaseId, { [level]: limit }, now, until);
      const lease = { ...readLease(held), until };
      const wider = { ...lease, levels: [...lease.levels, level] };
      const outcome = await take(leaseId, { [level]: limit }, wider, 'attribute_exists(#l.#id)', now);
      if (outcome.acquired) known.set(leaseId, writeLease(wider));
      return outcome;
    },

    async renew(leaseId, until) {
      const held = known.get(leaseId);
      if (!held) return false;
      const renewed = writeLease({ ...readLease(held), until });
      const outcome = await table.update({
        key,
        set: { 'l.id': renewed },
        condition: '#l.#id = :held',
        values: { held },
        names: { id: leaseId },
      });
      if (outcome.applied) known.set(leaseId, renewed);
      return outcome.applied;
    },

    async reap(now) {
      const leases = await findLeases();
      return leases ? reap(leases, now) : 0;
    },

    async release(leaseId) {
      const held = known.get(leaseId);
      known.delete(leaseId);
      if (held && (await drop(leaseId, held))) return;
      const stored = (await findLeases())?.[leaseId];
      if (stored) await drop(leaseId, stored);
    },
  };
}

/** Undefined until the first lease makes the map. */
function readLeases(item: Item | undefined): Record<string, string> | undefined {
  return item && parseItem(kind, SemaphoreRow, item).l;
}

function counter(level: string): string {
  return counterPrefix + counterName(level);
}

function counterName(level: string): string {
  return level.replace(/\W/g, '_');
}

function writeLease({ levels, from, until }: Lease): string {
  return [...levels, from, until].join('|');
}

function readLease(text: string): Lease {
  const parts = text.split('|');
  return { levels: parts.slice(0, -2), from: Number(parts.at(-2)), until: Number(parts.at(-1)) };
}
