import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, it } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { callWithoutSocket, postTogether } from '../../../../local/lambda/calls-without-socket.mjs';

interface Sent {
  id: number;
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** Nobody listens there: what opens a socket is refused. */
const endpoint = 'http://127.0.0.1:1';
const settings = {
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
  maxAttempts: 1,
};
const key = { TableName: 'table', Key: { pk: { S: 'ü' } } };

describe('calls without a socket', () => {
  const { request } = http;
  const { port1, port2 } = new MessageChannel();
  const client = new DynamoDBClient(settings);
  const lists: number[] = [];
  let answer: (sent: Sent, send: (message: object) => void) => void;
  before(() => {
    callWithoutSocket(port2, endpoint);
    const send = postTogether(port1);
    port1.on('message', (list: Sent[]) => {
      lists.push(list.length);
      for (const sent of list) answer(sent, send);
    });
  });
  after(() => {
    http.request = request;
    client.destroy();
    port1.close();
  });
  const reply = (status: number, body: object, headers = {}) => {
    answer = ({ id }, send) => send({ id, status, headers, body: JSON.stringify(body) });
  };

  it('hand over what the SDK signed, and give it the answer', async () => {
    const calls: Sent[] = [];
    answer = (sent, send) => {
      calls.push(sent);
      send({ id: sent.id, status: 200, headers: {}, body: '{"Item":{"text":{"S":"ä"}}}' });
    };
    const { Item } = await client.send(new GetItemCommand(key));
    assert.deepEqual(Item, { text: { S: 'ä' } });
    const [{ method, url, headers, body } = {} as Sent] = calls;
    assert.deepEqual([method, url, JSON.parse(body)], ['POST', '/', key]);
    assert.match(headers.authorization ?? '', /Credential=key\/\d+\/us-east-1\/dynamodb\/aws4_request/);
    assert.equal(headers['x-amz-target'], 'DynamoDB_20120810.GetItem');
    assert.match(headers.host ?? '', /^127\.0\.0\.1/);
  });

  it('go together where they are made in one turn', async () => {
    answer = ({ id, body }, send) => {
      const { pk } = JSON.parse(body).Key;
      send({ id, status: 200, headers: {}, body: JSON.stringify({ Item: { pk } }) });
    };
    lists.length = 0;
    const names = ['a', 'b', 'c'];
    const found = await Promise.all(
      names.map((S) => client.send(new GetItemCommand({ TableName: 'table', Key: { pk: { S } } }))),
    );
    assert.deepEqual(
      found.map(({ Item }) => Item?.pk?.S),
      names,
    );
    assert.deepEqual(lists, [3]);
  });

  it('fail with the name of the error that was answered', async () => {
    reply(400, { __type: 'ResourceNotFoundException', message: 'no table' });
    await assert.rejects(client.send(new GetItemCommand(key)), {
      name: 'ResourceNotFoundException',
      message: 'no table',
    });
  });

  it('are given up when their signal aborts, and an answer after that is nobody’s', async () => {
    let late: (() => void) | undefined;
    const isSent = new Promise<void>((resolve) => {
      answer = ({ id }, send) => {
        late = () => send({ id, status: 200, headers: {}, body: '{}' });
        resolve();
      };
    });
    const controller = new AbortController();
    const sent = client.send(new GetItemCommand(key), { abortSignal: controller.signal });
    await isSent;
    controller.abort();
    await assert.rejects(sent, { name: 'AbortError' });
    late?.();
    reply(200, {});
    assert.deepEqual((await client.send(new GetItemCommand(key))).Item, undefined);
  });

  it('are not those with large bodies, nor those to anywhere else', async () => {
    answer = () => assert.fail('came by the port');
    const s3 = new S3Client({ ...settings, forcePathStyle: true });
    const elsewhere = new DynamoDBClient({ ...settings, endpoint: 'http://127.0.0.1:2' });
    const outcomes = await Promise.allSettled([
      s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })),
      elsewhere.send(new GetItemCommand(key)),
    ]);
    for (const outcome of outcomes)
      assert.equal(outcome.status === 'rejected' && outcome.reason.code, 'ECONNREFUSED');
    s3.destroy();
    elsewhere.destroy();
  });
});
