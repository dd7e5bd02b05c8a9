import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Database } from '../../../../local/services/database.ts';
import { DynamoDb } from '../../../../local/services/dynamodb.ts';
import type { ResolvedResource } from '../../../../local/template/resolve-template.ts';

const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' });
const key = { pk: { S: 'a' }, sk: { S: 'b' } };

/** A table with an index of keys, and how often something was written into the index, and a change was told of. */
async function openTable(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'llm-service-test-'));
  const database = new Database(directory);
  const dynamodb = new DynamoDb(database, 'us-east-1', '1');
  t.after(async () => {
    dynamodb.close();
    await database.close();
    rmSync(directory, { recursive: true });
  });
  let changes = 0;
  const listener = {
    prepare: () => {
      changes += 1;
      return { operations: [], committed: () => {} };
    },
  };
  await dynamodb.add(
    {
      ref: 'table',
      properties: {
        AttributeDefinitions: [attribute('pk'), attribute('sk'), attribute('group')],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'groups',
            KeySchema: [{ AttributeName: 'group', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
      },
    } as unknown as ResolvedResource,
    listener,
  );
  let indexed = 0;
  const write = database.write.bind(database);
  database.write = (operations) => {
    indexed += operations.filter(({ key }) => key.startsWith('index')).length;
    return write(operations);
  };
  const count = () => {
    const counted = { indexed, changes };
    indexed = 0;
    changes = 0;
    return counted;
  };
  const set = (name: string, value: string) =>
    dynamodb.call('UpdateItem', {
      TableName: 'table',
      Key: key,
      UpdateExpression: 'SET #name = :value',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':value': { S: value } },
    });
  await dynamodb.call('PutItem', {
    TableName: 'table',
    Item: { ...key, group: { S: 'x' }, state: { S: '1' } },
  });
  return { set, count };
}

test('a change of what an index does not have leaves its entry alone', async (t) => {
  const { set, count } = await openTable(t);
  assert.deepEqual(count(), { indexed: 1, changes: 1 });
  await set('state', '2');
  assert.deepEqual(count(), { indexed: 0, changes: 1 });
  await set('group', 'y');
  assert.deepEqual(count(), { indexed: 2, changes: 1 });
});

test('an update that changes nothing is told to nobody', async (t) => {
  const { set, count } = await openTable(t);
  count();
  await set('state', '1');
  assert.deepEqual(count(), { indexed: 0, changes: 0 });
});
