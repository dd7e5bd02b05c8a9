import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { type Fixture, startFixture, synthesizeFixture, until } from './start-fixture.ts';

const TableName = 'fixture-items';

describe('the local host as the stream of a table', () => {
  let fixture: Fixture;
  before(async () => {
    fixture = await startFixture(await synthesizeFixture());
  });
  after(() => fixture.close());

  /** The mapping's filter asks for the sort key `streamed`. */
  const put = (pk: string, more: object = {}) =>
    fixture.dynamodb.send(
      new PutItemCommand({ TableName, Item: { pk: { S: pk }, sk: { S: 'streamed' }, ...more } }),
    );
  const records = async (count: number): Promise<DynamoDBRecord[]> =>
    (await fixture.receive('plain', count)).map((body) => JSON.parse(body));

  it('delivers changes of a key in their order, with both images, and nothing that the filter refuses', async () => {
    const Key = { pk: { S: 'ordered' }, sk: { S: 'streamed' } };
    await put('other', { sk: { S: 'x' } });
    await put('ordered', { n: { N: '0' } });
    for (const n of ['1', '2', '3']) {
      await fixture.dynamodb.send(
        new UpdateItemCommand({
          TableName,
          Key,
          UpdateExpression: 'SET n = :n',
          ExpressionAttributeValues: { ':n': { N: n } },
        }),
      );
    }
    await put('ordered', { n: { N: '3' } });
    await fixture.dynamodb.send(new DeleteItemCommand({ TableName, Key }));
    const seen = (await records(5)).map(({ eventName, dynamodb }) => [
      eventName,
      dynamodb?.OldImage?.n?.N,
      dynamodb?.NewImage?.n?.N,
    ]);
    assert.deepEqual(seen, [
      ['INSERT', undefined, '0'],
      ['MODIFY', '0', '1'],
      ['MODIFY', '1', '2'],
      ['MODIFY', '2', '3'],
      ['REMOVE', '3', undefined],
    ]);
  });

  it('parts a poisonous record from its batch and puts it into the failure queue', async () => {
    await Promise.all(
      Array.from({ length: 8 }, (_, n) => put(`n-${n}`, n === 3 ? { poison: { BOOL: true } } : {})),
    );
    const delivered = (await records(7)).map(({ dynamodb }) => dynamodb?.Keys?.pk?.S).sort();
    assert.deepEqual(delivered, ['n-0', 'n-1', 'n-2', 'n-4', 'n-5', 'n-6', 'n-7']);
    const [failure = ''] = await fixture.receive('stream-failures', 1);
    const { requestContext, DDBStreamBatchInfo } = JSON.parse(failure);
    assert.equal(requestContext.condition, 'RetryAttemptsExhausted');
    assert.equal(DDBStreamBatchInfo.batchSize, 1);
    assert.match(DDBStreamBatchInfo.streamArn, /table\/fixture-items\/stream/);
  });

  it('deletes an item when its time has come, as the service', async () => {
    const past = String(Math.floor(Date.now() / 1000) - 5);
    await put('old', { ttl: { N: past } });
    await put('lasting', { ttl: { N: String(Math.floor(Date.now() / 1000) + 3600) } });
    await records(2);
    assert.equal(await fixture.host.expireItems(), 1);
    await until(async () => (await fixture.item('old', 'streamed')) === undefined, 'the item to go');
    assert.ok(await fixture.item('lasting', 'streamed'));
    const [record] = await records(1);
    assert.equal(record?.eventName, 'REMOVE');
    assert.deepEqual(record?.userIdentity, { type: 'Service', principalId: 'dynamodb.amazonaws.com' });
    assert.equal(await fixture.host.expireItems(), 0);
  });
});
