import { createDynamoClient, createDynamoTable, type DynamoTable } from '../../adapters/dynamo-table.ts';
import { findTableName } from '../../adapters/dynamo-table-names.ts';
import { reach, type Target } from './target.ts';

/** A table of the target. Throws an Error where the target, or its table, is not there. */
export async function openTable(target: Target, name: 'StateTable' | 'TaskTable'): Promise<DynamoTable> {
  reach(target);
  const client = createDynamoClient();
  const tableName = await findTableName(client, `llm-${target.stage}-Storage-${name}`);
  return createDynamoTable({ client, tableName });
}
