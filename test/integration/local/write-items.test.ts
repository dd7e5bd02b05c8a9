import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Fixture, startFixture, synthesizeFixture } from './start-fixture.ts';

const TableName = 'fixture-items';
const keyOf = (pk: string) => ({ pk: { S: pk }, sk: { S: 'x' } });

describe('the local host as DynamoDB', () => {
  let fixture: Fixture;
  before(async () => {
    fixture = await startFixture(await synthesizeFixture());
  });
  after(() => fixture.close());
  const put = (pk: string, more: object = {}) =>
    fixture.dynamodb.send(new PutItemCommand({ TableName, Item: { ...keyOf(pk), ...more } }));

  it('returns the item that a condition failed on', async () => {
    await put('held', { n: { N: '7' } });
    const command = new UpdateItemCommand({
      TableName,
      Key: keyOf('held'),
      UpdateExpression: 'SET n = :n',
      ConditionExpression: 'n < :n',
      ExpressionAttributeValues: { ':n': { N: '5' } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await assert.rejects(fixture.dynamodb.send(command), (error) => {
      assert.ok(error instanceof ConditionalCheckFailedException);
      assert.deepEqual(error.Item?.n, { N: '7' });
      return true;
    });
  });

  it('adds to and deletes from sets', async () => {
    const update = (verb: string, set: object) =>
      fixture.dynamodb.send(
        new UpdateItemCommand({
          TableName,
          Key: keyOf('sets'),
          UpdateExpression: `${verb} s :s`,
          ExpressionAttributeValues: { ':s': set as { SS: string[] } },
        }),
      );
    await update('ADD', { SS: ['a', 'b'] });
    await update('ADD', { SS: ['b', 'c'] });
    await update('DELETE', { SS: ['a'] });
    assert.deepEqual((await fixture.item('sets', 'x'))?.s?.SS?.sort(), ['b', 'c']);
  });

  it('queries a table by range, in both directions, page by page', async () => {
    const item = (n: number) => ({ pk: { S: 'paged' }, sk: { S: String(n) } });
    for (let n = 0; n < 5; n += 1) {
      await fixture.dynamodb.send(new PutItemCommand({ TableName, Item: item(n) }));
    }
    const page = (ExclusiveStartKey?: ReturnType<typeof item>) =>
      fixture.dynamodb.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk AND sk > :from',
          ExpressionAttributeValues: { ':pk': { S: 'paged' }, ':from': { S: '0' } },
          ScanIndexForward: false,
          Limit: 3,
          ExclusiveStartKey,
        }),
      );
    const first = await page();
    assert.deepEqual(
      first.Items?.map(({ sk }) => sk?.S),
      ['4', '3', '2'],
    );
    const second = await page(item(2));
    assert.deepEqual(
      second.Items?.map(({ sk }) => sk?.S),
      ['1'],
    );
  });

  it('moves an index entry with its item', async () => {
    const owned = async (owner: string) => {
      const { Items = [] } = await fixture.dynamodb.send(
        new QueryCommand({
          TableName,
          IndexName: 'by-owner',
          KeyConditionExpression: '#o = :o',
          ExpressionAttributeNames: { '#o': 'owner' },
          ExpressionAttributeValues: { ':o': { S: owner } },
        }),
      );
      return Items;
    };
    await put('owned', { owner: { S: 'ann' }, secret: { S: 'not projected' } });
    assert.deepEqual(await owned('ann'), [{ ...keyOf('owned'), owner: { S: 'ann' } }]);
    await put('owned', { owner: { S: 'bob' } });
    assert.deepEqual(await owned('ann'), []);
    await fixture.dynamodb.send(new DeleteItemCommand({ TableName, Key: keyOf('owned') }));
    assert.deepEqual(await owned('bob'), []);
  });

  it('writes and reads batches', async () => {
    const keys = ['batch-1', 'batch-2'].map(keyOf);
    const writes = keys.map((Item) => ({ PutRequest: { Item } }));
    await fixture.dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: writes } }));
    const { Responses } = await fixture.dynamodb.send(
      new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [...keys, keyOf('absent')] } } }),
    );
    assert.equal(Responses?.[TableName]?.length, 2);
  });

  it('makes all writes of a transaction or none, and says which were refused', async () => {
    await put('count', { n: { N: '1' } });
    const transact = (limit: string, pk: string) =>
      fixture.dynamodb.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Put: { TableName, Item: keyOf(pk), ConditionExpression: 'attribute_not_exists(pk)' } },
            {
              Update: {
                TableName,
                Key: keyOf('count'),
                UpdateExpression: 'ADD n :one',
                ConditionExpression: 'n < :limit',
                ExpressionAttributeValues: { ':one': { N: '1' }, ':limit': { N: limit } },
                ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
              },
            },
          ],
        }),
      );
    await transact('2', 'first');
    assert.deepEqual((await fixture.item('count', 'x'))?.n, { N: '2' });
    await assert.rejects(transact('2', 'second'), (error) => {
      assert.ok(error instanceof TransactionCanceledException);
      const [one, two] = error.CancellationReasons ?? [];
      assert.deepEqual([one?.Code, two?.Code, two?.Item?.n], ['None', 'ConditionalCheckFailed', { N: '2' }]);
      return true;
    });
    assert.equal(await fixture.item('second', 'x'), undefined);
    await put('second');
    assert.ok(await fixture.item('second', 'x'), 'the lock of the item that was not written is free');
    // Many at once, on the same items, and beside writes of their own.
    const rivals = Array.from({ length: 20 }, (_, index) =>
      transact('12', `rival-${index}`).then(
        () => 1,
        () => 0,
      ),
    );
    await put('rival-3');
    const made = (await Promise.all(rivals)).reduce<number>((sum, each) => sum + each, 0);
    assert.equal(made, 10);
    assert.deepEqual((await fixture.item('count', 'x'))?.n, { N: '12' });
  });

  it('refuses a transaction with two writes of one item', async () => {
    const Put = { TableName, Item: keyOf('twice') };
    const command = new TransactWriteItemsCommand({ TransactItems: [{ Put }, { Put }] });
    await assert.rejects(fixture.dynamodb.send(command), { name: 'ValidationException' });
  });

  it('refuses an operation that it does not serve, by name', async () => {
    const command = new TransactGetItemsCommand({
      TransactItems: [{ Get: { TableName, Key: keyOf('refused') } }],
    });
    await assert.rejects(fixture.dynamodb.send(command), {
      name: 'UnknownOperationException',
      message: 'DynamoDB TransactGetItems is not served locally',
    });
  });
});
