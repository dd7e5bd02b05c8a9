import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { test } from 'node:test';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createSqsTaskQueues } from '../../../adapters/sqs-task-queues.ts';

interface Asked {
  QueueUrl: string;
  MaxNumberOfMessages?: number;
  Entries?: { Id: string; ReceiptHandle: string }[];
}

const message = JSON.stringify({
  priority: 'normal',
  task: { tenant: 'a', taskId: 'task_1', type: 'custom', deadlineAt: 1, estimatedTokens: 1, cacheKey: null },
});

test('spare tickets are received and deleted together, as far as they show; what carries a task is answered', async (t) => {
  const asked: string[] = [];
  let showing = ['a', 'b', 'c'];
  const bodies: Record<string, string> = { d: message };
  const server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
    const { QueueUrl, MaxNumberOfMessages, Entries } = (await json(request)) as Asked;
    const told =
      Entries?.map(({ Id, ReceiptHandle }) => `${Id}=${ReceiptHandle}`).join() ?? MaxNumberOfMessages;
    asked.push(`${operation} ${QueueUrl.split('/').at(-1)} ${told}`);
    const answer = Entries
      ? { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] }
      : { Messages: showing.map((handle) => ({ ReceiptHandle: handle, Body: bodies[handle] ?? '{}' })) };
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new SQSClient({
    endpoint,
    region: 'us-east-1',
    useQueueUrlAsEndpoint: false,
    md5: false,
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
  });
  const queues = createSqsTaskQueues({ client, queueUrlPrefix: `${endpoint}/1/llm-test-` });
  await queues.dropTickets('kimi', 4, 50);
  showing = ['d'];
  const [carrying] = await queues.dropTickets('kimi', 1, 50);
  assert.deepEqual([carrying?.handle, carrying?.carried?.message.taskId], ['d', 'task_1']);
  showing = [];
  await queues.dropTickets('kimi', 25, 50);
  assert.deepEqual(asked, [
    'ReceiveMessage llm-test-kimi-tickets 4',
    'DeleteMessageBatch llm-test-kimi-tickets 0=a,1=b,2=c',
    'ReceiveMessage llm-test-kimi-tickets 1',
    'ReceiveMessage llm-test-kimi-tickets 10',
  ]);
});
