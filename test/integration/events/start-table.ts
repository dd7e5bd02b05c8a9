import { once } from 'node:events';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { createDynamoTable, type DynamoTable } from '../../../adapters/dynamo-table.ts';

// It comes without types.
const dynalite = createRequire(import.meta.url)('dynalite') as (options: { createTableMs: number }) => Server;

/** Indexes of the table of tasks, and the beginnings of their keys' names. */
const indexes = [
  ['by-time', 'list'],
  ['by-batch', 'batch'],
  ['open', 'open'],
] as const;
const stringAttribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });

/** An empty table with the keys of the service's tables, on a DynamoDB of its own. */
export async function startTable(t: TestContext): Promise<DynamoTable> {
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  t.after(() => {
    client.destroy();
    server.close();
  });
  const TableName = 'rows';
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: ['pk', 'sk', ...indexes.flatMap(([, name]) => [`${name}_pk`, `${name}_sk`])].map(
        stringAttribute,
      ),
      GlobalSecondaryIndexes: indexes.map(([IndexName, name]) => ({
        IndexName,
        KeySchema: [
          { AttributeName: `${name}_pk`, KeyType: 'HASH' },
          { AttributeName: `${name}_sk`, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      })),
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, { TableName });
  return createDynamoTable({ client, tableName: TableName });
}
