import type { TestContext } from 'node:test';
import type { DynamoTable } from '../../../adapters/dynamo-table.ts';
import { startStateTable } from './start-state-table.ts';

/** What a later version may add to any row. */
export const newer = { of_a_newer_version: { any: ['thing'] } };

/**
 * A state table with rows as earlier versions wrote them, attribute by attribute, each with one attribute
 * more.
 */
export async function startFormerTable(
  t: TestContext,
  ...rows: (Record<string, unknown> & { pk: string; sk: string })[]
): Promise<DynamoTable> {
  const { table } = await startStateTable(t);
  await table.putMany(rows.map((row) => ({ ...row, ...newer })));
  return table;
}
