import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoTable, type DynamoTable } from '../../../adapters/dynamo-table.ts';
import { Database } from '../../../local/services/database.ts';
import { DynamoDb } from '../../../local/services/dynamodb.ts';
import { ServiceFault } from '../../../local/services/service-fault.ts';

export interface StateTable {
  table: DynamoTable;
  /** Where it answers, for other clients; its name is `state`. */
  endpoint: string;
  /** Operations since the last call, in order. */
  takeOperations(): string[];
}

const key = (name: string) => ({ AttributeName: name, AttributeType: 'S' });

/**
 * An empty state table on the local host's DynamoDB, which, unlike bare dynalite, answers with the item that
 * a condition failed on.
 */
export async function startStateTable(t: { after(clean: () => Promise<void>): void }): Promise<StateTable> {
  const path = await mkdtemp(join(tmpdir(), 'state-table-'));
  const database = new Database(path);
  const dynamodb = new DynamoDb(database, 'us-east-1', '000000000000');
  await dynamodb.add({
    stack: 'test',
    id: 'StateTable',
    type: 'AWS::DynamoDB::Table',
    ref: 'state',
    attributes: { Arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/state' },
    properties: {
      AttributeDefinitions: [key('pk'), key('sk')],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    },
    metadata: {},
  });
  let operations: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    operations.push(operation);
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    try {
      response.end(JSON.stringify(await dynamodb.call(operation, JSON.parse(body))));
    } catch (error) {
      if (!(error instanceof ServiceFault)) throw error;
      response.statusCode = error.status;
      response.end(JSON.stringify({ __type: error.code, message: error.message, ...error.details }));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  t.after(async () => {
    client.destroy();
    server.close();
    server.closeAllConnections();
    dynamodb.close();
    await database.close();
    await rm(path, { recursive: true, force: true });
  });
  return {
    table: createDynamoTable({ client, tableName: 'state' }),
    endpoint,
    takeOperations() {
      const taken = operations;
      operations = [];
      return taken;
    },
  };
}
