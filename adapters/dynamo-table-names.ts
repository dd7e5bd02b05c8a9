import { type DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb';

/** The one table whose name begins so. Throws an Error where there is none, or more than one. */
export async function findTableName(client: DynamoDBClient, prefix: string): Promise<string> {
  const found: string[] = [];
  for await (const { TableNames = [] } of paginateListTables({ client }, {}))
    found.push(...TableNames.filter((name) => name.startsWith(prefix)));
  const [name, another] = found;
  if (name === undefined) throw new Error(`There is no table ${prefix}…`);
  if (another !== undefined) throw new Error(`More than one table is named ${prefix}…: ${found.join(', ')}`);
  return name;
}
