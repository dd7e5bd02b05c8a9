import type { TestContext } from 'node:test';
import type { DynamoTable } from '../../../adapters/dynamo-table.ts';
import { startStateTable } from './start-state-table.ts';

/** An attribute that a later version may add to any row. */
export const newer = { of_a_newer_version: { any: ['thing'] } };

/** A state table with rows as former versions wrote them, each with one attribute that is unknown here. */
export async function startFormerTable(
  t: TestContext,
  ...rows: (Record<string, unknown> & { pk: string; sk: string })[]
): Promise<DynamoTable> {
  const { table } = await startStateTable(t);
  await table.putMany(rows.map((row) => ({ ...row, ...newer })));
  return table;
}
