import * as z from 'zod';
import type { Budgets, BudgetUse, Charge, Chargeable } from '../core/tenants/budgets.ts';
import type { Item, ItemKey, ItemUpdate } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { type ItemWrite, mostTransactionWrites } from './dynamo-transaction.ts';
import { pagesOf } from './pages.ts';
import { counter, parseItem } from './parse-item.ts';
import { sortableTime } from './task-items.ts';

/** Amounts are whole billionths of a dollar, so that sums are exact. */
const unit = 1e9;
const toUnits = (usd: number) => Math.round(usd * unit);
const toUsd = (units: number) => units / unit;

/** Charges of one transaction, beside the month. */
const chargesPerRequest = mostTransactionWrites - 1;
/** A month's row is kept for a year, a charge so long after its task should have ended. */
const monthTtlSeconds = 400 * 86_400;
const chargeTtlSeconds = 30 * 86_400;

/** A tenant's month: what is used of it, and of each of its days (`d01` …), reservations included. */
const MonthRow = z.object({ used: counter, reserved: counter, ttl: z.number().optional() });
/** What is reserved for an open task, in billionths of a dollar. */
const ChargeRow = z.object({
  charged: z.number(),
  created_at: z.number(),
  ttl: z.number(),
});

const pkOf = (tenant: string) => `BUDGET#${tenant}`;
const chargePrefix = 'CHARGE#';

function chargeKey({ tenant, taskId, deadlineAt }: Chargeable): ItemKey {
  return { pk: pkOf(tenant), sk: `${chargePrefix}${sortableTime(deadlineAt)}#${taskId}` };
}

/** Where a task counts: the month and the day by UTC in which it was accepted. */
function periodOf(tenant: string, time: number): { key: ItemKey; day: string } {
  const date = new Date(time).toISOString();
  return { key: { pk: pkOf(tenant), sk: `MONTH#${date.slice(0, 7)}` }, day: `d${date.slice(8, 10)}` };
}

function readUse(item: Item | undefined, day: string): BudgetUse {
  const { used, reserved } = parseItem("The row of a tenant's month", MonthRow, item ?? {});
  const ofDay = item?.[day];
  return {
    month: toUsd(used),
    day: typeof ofDay === 'number' ? toUsd(ofDay) : 0,
    reserved: toUsd(Math.max(0, reserved)),
  };
}

/** Charges and the month that they add up to, changed together by transactions. */
export function createDynamoBudgets({ table }: { table: DynamoTable }): Budgets {
  /** The month's row after these units more, of which so many are reserved. */
  function addToMonth(
    { tenant, createdAt }: Chargeable,
    units: number,
    reserved: number,
    condition?: { text: string; values: Item },
  ): { update: ItemUpdate } {
    const { key, day } = periodOf(tenant, createdAt);
    return {
      update: {
        key,
        set: { ttl: Math.ceil(createdAt / 1000) + monthTtlSeconds },
        add: { used: units, [day]: units, reserved },
        ...(condition && { condition: condition.text, values: condition.values }),
      },
    };
  }

  async function readCharge(charge: Chargeable): Promise<number | undefined> {
    const item = await table.get(chargeKey(charge), { consistent: true });
    return item && parseItem('The row of a charge', ChargeRow, item).charged;
  }

  /** One page, all or none. Charges that are there already are left out. */
  async function reservePage(
    page: readonly Charge[],
    limits: { day?: number | undefined; month?: number | undefined },
  ): Promise<{ granted: true } | { granted: false; item: Item | undefined }> {
    let left = [...page];
    for (;;) {
      const [first] = left;
      if (!first) return { granted: true };
      const units = left.reduce((sum, { usd }) => sum + toUnits(usd), 0);
      const { day } = periodOf(first.tenant, first.createdAt);
      const room = { used: limits.month, [day]: limits.day };
      const bounds = Object.entries(room).flatMap(([name, usd]) =>
        usd === undefined ? [] : [{ name, most: toUnits(usd) - units }],
      );
      const tooMuch = bounds.some(({ most }) => most < 0);
      if (tooMuch)
        return { granted: false, item: await table.get(periodOf(first.tenant, first.createdAt).key) };
      const text = bounds.map(({ name }) => `(attribute_not_exists(#${name}) OR #${name} <= :${name})`);
      const values = Object.fromEntries(bounds.map(({ name, most }) => [name, most]));
      const puts = left.map(
        (charge): ItemWrite => ({
          put: {
            ...chargeKey(charge),
            charged: toUnits(charge.usd),
            created_at: charge.createdAt,
            ttl: Math.ceil(charge.deadlineAt / 1000) + chargeTtlSeconds,
          },
          condition: 'attribute_not_exists(#pk)',
        }),
      );
      const month = addToMonth(first, units, units, { text: text.join(' AND '), values });
      const outcome = await table.transact([month, ...puts]);
      if (outcome.applied) return { granted: true };
      const [ofMonth, ...ofCharges] = outcome.refused;
      const missing = left.filter((_, index) => !ofCharges[index]?.failed);
      if (missing.length === left.length) return { granted: false, item: ofMonth?.item };
      // An earlier try of this request, whose answer was lost, or an equal request made them.
      left = missing;
    }
  }

  /** Changes a charge, or ends it, with the sum that it is part of; nothing where it has ended. */
  async function change(
    charge: Charge,
    target: (charged: number) => { charged: number; ends: boolean } | undefined,
    seen: number | undefined,
  ): Promise<void> {
    let charged = seen;
    while (charged !== undefined) {
      const next = target(charged);
      if (!next) return;
      const key = chargeKey(charge);
      const condition = '#charged = :seen';
      const values = { seen: charged };
      const write: ItemWrite = next.ends
        ? { delete: key, condition, values }
        : { update: { key, set: { charged: next.charged }, condition, values } };
      const units = next.charged - charged;
      const month = addToMonth(charge, units, next.ends ? -charged : units);
      if ((await table.transact([write, month])).applied) return;
      charged = await readCharge(charge);
    }
  }

  const budgets: Budgets = {
    async reserve(charges, limits) {
      const made: Charge[] = [];
      for (const page of pagesOf([...charges], chargesPerRequest)) {
        const outcome = await reservePage(page, limits);
        if (outcome.granted) {
          made.push(...page);
          continue;
        }
        for (const charge of made) await budgets.settle({ ...charge, usd: 0 });
        const [first] = page;
        const { day } = periodOf(first?.tenant ?? '', first?.createdAt ?? 0);
        const use = readUse(outcome.item, day);
        const asked = charges.reduce((sum, { usd }) => sum + usd, 0);
        const isDay = limits.day !== undefined && use.day + asked > limits.day;
        // The later of two is told: the earlier would not help.
        const isMonth = limits.month !== undefined && use.month + asked > limits.month;
        return { granted: false, period: isMonth || !isDay ? 'month' : 'day', use };
      }
      return { granted: true };
    },

    async raise(charge) {
      const wanted = toUnits(charge.usd);
      const target = (charged: number) => (charged < wanted ? { charged: wanted, ends: false } : undefined);
      await change(charge, target, await readCharge(charge));
    },

    async settle(charge) {
      const charged = toUnits(charge.usd);
      await change(charge, () => ({ charged, ends: true }), await readCharge(charge));
    },

    async read(tenant, now) {
      const { key, day } = periodOf(tenant, now);
      return readUse(await table.get(key, { consistent: true }), day);
    },

    async listOverdue(tenant, before, limit) {
      const { items } = await table.query({
        where: '#pk = :pk AND #sk BETWEEN :from AND :to',
        values: { pk: pkOf(tenant), from: chargePrefix, to: chargePrefix + sortableTime(before) },
        limit,
        consistent: true,
      });
      return items.map((item) => {
        const { created_at } = parseItem('The row of a charge', ChargeRow, item);
        const [, deadline = '', taskId = ''] = String(item.sk).split('#');
        return { tenant, taskId, createdAt: created_at, deadlineAt: Number(deadline) };
      });
    },
  };
  return budgets;
}
