import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createReadTogether } from '../../../adapters/dynamo-reads-together.ts';
import { createDynamoTable } from '../../../adapters/dynamo-table.ts';

type Keys = { Keys: { pk: { S: string } }[]; ConsistentRead: boolean };
type Input = { RequestItems?: Record<string, Keys>; TableName?: string; Key?: { pk: { S: string } } };

/** A client whose tables have every item but those named `none`, and which leaves so many keys unprocessed at first. */
function setUp(unprocessed = 0) {
  const sent: Input[] = [];
  let left = unprocessed;
  const client = {
    send: async ({ input }: { input: Input }) => {
      sent.push(input);
      if (!input.RequestItems) return { Item: { ...input.Key, from: { S: input.TableName } } };
      const Responses: Record<string, object[]> = {};
      const UnprocessedKeys: Record<string, { Keys: object[] }> = {};
      for (const [name, { Keys }] of Object.entries(input.RequestItems)) {
        // In no order.
        for (const key of Keys.toReversed()) {
          left -= 1;
          if (left >= 0) UnprocessedKeys[name] = { Keys: [...(UnprocessedKeys[name]?.Keys ?? []), key] };
          else if (key.pk.S !== 'none')
            Responses[name] = [...(Responses[name] ?? []), { ...key, from: { S: name } }];
        }
      }
      return { Responses, UnprocessedKeys };
    },
  } as unknown as DynamoDBClient;
  const together = createReadTogether(client);
  const table = (tableName: string) => createDynamoTable({ client, tableName, together });
  return { sent, one: table('one'), two: table('two') };
}

const key = (pk: string) => ({ pk, sk: 's' });

test('reads of one turn are one request, of several tables, and each gets its own item', async () => {
  const { sent, one, two } = setUp();
  const items = await Promise.all([
    one.get(key('a'), { consistent: true }),
    two.get(key('b')),
    two.get(key('c')),
    two.get(key('none')),
  ]);
  assert.deepEqual(items, [
    { ...key('a'), from: 'one' },
    { ...key('b'), from: 'two' },
    { ...key('c'), from: 'two' },
    undefined,
  ]);
  assert.equal(sent.length, 1);
  const { one: first, two: second } = sent[0]?.RequestItems ?? {};
  assert.deepEqual([first?.ConsistentRead, second?.ConsistentRead], [true, false]);
});

test('a read alone is a plain one, and so is one of some attributes', async () => {
  const { sent, one, two } = setUp();
  assert.deepEqual(await one.get(key('a')), { ...key('a'), from: 'one' });
  await Promise.all([one.get(key('a')), two.get(key('b'), { attributes: ['from'] })]);
  assert.deepEqual(
    sent.map(({ TableName }) => TableName),
    ['one', 'two', 'one'],
  );
});

test('an item that several ask for is read once, and consistently if one of them wants it so', async () => {
  const { sent, one, two } = setUp();
  const items = await Promise.all([
    one.get(key('a'), { consistent: true }),
    one.get(key('a')),
    two.get(key('b')),
  ]);
  assert.deepEqual(
    items.map((item) => item?.pk),
    ['a', 'a', 'b'],
  );
  assert.deepEqual(sent[0]?.RequestItems?.one, {
    Keys: [{ pk: { S: 'a' }, sk: { S: 's' } }],
    ConsistentRead: true,
  });
  await Promise.all([one.get(key('a')), one.get(key('a'))]);
  assert.equal(sent[1]?.TableName, 'one', 'no batch of one');
});

test('one consistent read of a table makes those beside it consistent', async () => {
  const { sent, one } = setUp();
  await Promise.all([one.get(key('a'), { consistent: true }), one.get(key('b'))]);
  assert.equal(sent[0]?.RequestItems?.one?.ConsistentRead, true);
});

test('what a request leaves unread is asked for again, alone', async () => {
  const { sent, one, two } = setUp(2);
  const items = await Promise.all([one.get(key('a')), one.get(key('b')), two.get(key('c'))]);
  assert.deepEqual(
    items.map((item) => item?.pk),
    ['a', 'b', 'c'],
  );
  assert.deepEqual(Object.keys(sent[1]?.RequestItems ?? {}), ['one']);
});

test('a request that fails fails all its reads', async () => {
  const client = { send: () => Promise.reject(new Error('throttled')) } as unknown as DynamoDBClient;
  const together = createReadTogether(client);
  const table = createDynamoTable({ client, tableName: 'one', together });
  const outcomes = await Promise.allSettled([table.get(key('a')), table.get(key('b'))]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
});
