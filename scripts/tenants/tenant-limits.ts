import { createDynamoBudgets } from '../../adapters/dynamo-budgets.ts';
import type { DynamoTable } from '../../adapters/dynamo-table.ts';
import { createDynamoStoredLimits } from '../../adapters/dynamo-tenant-limits.ts';
import { Tenant } from '../../core/access/tenant.ts';
import {
  hasBudget,
  limitNames,
  mergeLimits,
  type StoredLimits,
  type TenantLimits,
} from '../../core/tenants/tenant-limits.ts';
import { openTable } from '../command/open-table.ts';
import { subcommand, UsageError } from '../command/subcommand.ts';
import { readCatalogue } from '../deployed/read-catalogue.ts';
import { readLimits } from './read-limits.ts';

/** Shows what tenants may do and have spent, and says otherwise of one; in force within seconds. */
export const tenantLimits = subcommand({
  name: 'limits',
  form: '[<tenant> [<limit>=<value>|none|default …]]',
  words: [0, 1 + limitNames.length],
  async run({ words: [tenant, ...changes] }, target) {
    const { tenants: configured, providers } = await readCatalogue();
    if (tenant !== undefined && !Tenant.safeParse(tenant).success)
      throw new UsageError(`${tenant} is no tenant: a name is 1 to 32 lower-case letters, digits and dashes`);
    const table = await openTable(target, 'StateTable');
    const store = createDynamoStoredLimits({ table });
    const stored = await store.read();
    if (tenant !== undefined && changes.length > 0) {
      const limits = readLimits(changes, stored[tenant] ?? {});
      checkProviders(
        limits,
        providers.map(({ name }) => name),
      );
      await store.write(tenant, limits);
      stored[tenant] = limits;
    }
    const names =
      tenant === undefined ? [...new Set([...Object.keys(configured), ...Object.keys(stored)])] : [tenant];
    for (const name of names.sort())
      for (const line of await describe(name, configured[name] ?? {}, stored[name] ?? {}, table))
        console.log(line);
    if (names.length === 0) console.log('No tenant has limits');
  },
});

function checkProviders({ providers }: StoredLimits, known: readonly string[]): void {
  const unknown = providers?.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`There is no provider ${unknown}; known are ${known.join(', ')}`);
}

async function describe(
  tenant: string,
  configured: TenantLimits,
  stored: StoredLimits,
  table: DynamoTable,
): Promise<string[]> {
  const limits = mergeLimits(configured, stored);
  const lines = limitNames.flatMap((name) => {
    if (configured[name] === undefined && stored[name] === undefined) return [];
    const value = limits[name] === undefined ? 'none' : String(limits[name]);
    return [
      `  ${name.padEnd(20)} ${value.padEnd(24)} ${stored[name] === undefined ? 'configuration' : 'command'}`,
    ];
  });
  const title = lines.length > 0 ? [tenant, ...lines] : [`${tenant} has no limits`];
  if (!hasBudget(limits)) return title;
  const { day, month, reserved } = await createDynamoBudgets({ table }).read(tenant, Date.now());
  const usd = (amount: number) => `$${Number(amount.toFixed(6))}`;
  return [
    ...title,
    `  used today ${usd(day)}, this month ${usd(month)} (UTC), of which ${usd(reserved)} is reserved for open tasks`,
  ];
}
