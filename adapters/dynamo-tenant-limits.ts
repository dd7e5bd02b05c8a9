import {
  type LimitsOf,
  mergeLimits,
  StoredLimits,
  type TenantLimits,
} from '../core/tenants/tenant-limits.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import type { RowBeside } from './dynamo-provider-states.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { jsonText } from './parse-item.ts';

/** What commands have stored for all tenants: an attribute each, so that one read has them all. */
const limitsKey: ItemKey = { pk: 'TENANTS', sk: 'LIMITS' };

/** Until then a reader of its own asks nobody again. */
const keepMs = 2_000;

const LimitsText = jsonText(StoredLimits);

function readStored(item: Item | undefined): Record<string, StoredLimits> {
  const { pk: _pk, sk: _sk, ...tenants } = item ?? {};
  const read = Object.entries(tenants).flatMap(([tenant, text]) => {
    // One that cannot be read leaves the tenant to the configuration, and every other tenant as it is.
    const parsed = LimitsText.safeParse(text);
    return parsed.success ? [[tenant, parsed.data] as const] : [];
  });
  return Object.fromEntries(read);
}

/**
 * The limits of tenants, kept in memory: what was read last of what commands have stored, over the configuration.
 *
 * @param row to be read beside others, every second or two
 */
export function createTenantLimits(configured: Readonly<Record<string, TenantLimits>>): {
  row: RowBeside;
  limitsOf: LimitsOf;
} {
  let stored: Record<string, StoredLimits> = {};
  return {
    row: {
      key: limitsKey,
      note: (item) => {
        stored = readStored(item);
      },
    },
    limitsOf: (tenant) => mergeLimits(configured[tenant] ?? {}, stored[tenant] ?? {}),
  };
}

/** A tenant's limits a few seconds old, for a function that reads nothing beside which their row could be read. */
export function createLimitsReader(options: {
  table: DynamoTable;
  configured: Readonly<Record<string, TenantLimits>>;
  clock: () => number;
}): (tenant: string) => Promise<TenantLimits> {
  const { table, configured, clock } = options;
  const { row, limitsOf } = createTenantLimits(configured);
  let readAt = Number.NEGATIVE_INFINITY;
  return async (tenant) => {
    if (clock() - readAt >= keepMs) {
      row.note(await table.get(row.key));
      readAt = clock();
    }
    return limitsOf(tenant);
  };
}

/** What commands have stored, by tenant. */
export function createDynamoStoredLimits({ table }: { table: DynamoTable }) {
  return {
    async read(): Promise<Record<string, StoredLimits>> {
      return readStored(await table.get(limitsKey, { consistent: true }));
    },

    /** In place of what was stored for the tenant; empty: the configuration alone counts again. */
    async write(tenant: string, limits: StoredLimits): Promise<void> {
      const names = { tenant };
      const isEmpty = Object.keys(limits).length === 0;
      await table.update({
        key: limitsKey,
        names,
        ...(isEmpty ? { remove: ['tenant'] } : { set: { tenant: JSON.stringify(limits) } }),
      });
    },
  };
}
