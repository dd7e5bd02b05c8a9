import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createDynamoClient, createDynamoTable } from '../../../adapters/dynamo-table.ts';
import { createEventBridgeEventBus } from '../../../adapters/eventbridge-event-bus.ts';
import { sdkAttempts, sendAll, sendUntilTaken } from '../../../adapters/retry-policy.ts';
import { createSqsClient, createSqsTaskQueues } from '../../../adapters/sqs-task-queues.ts';
import { createSqsWebhookQueue } from '../../../adapters/sqs-webhook-queue.ts';
import { buildTaskEvent } from '../../../core/events/build-event.ts';
import { toQueuedTask } from '../../../core/scheduling/task-message.ts';
import { ServiceError } from '../../../core/service-error.ts';
import { completed, makeTask } from '../../make-task.ts';

const policy = { tries: 3, firstDelayMs: 1 };

test('only refused members are sent again, and those that every try refused are answered', async () => {
  const sent: number[][] = [];
  const outcome = await sendUntilTaken([1, 2, 3, 4], policy, async (entries) => {
    sent.push(entries);
    return entries.filter((entry) => entry === 3 || (entry === 4 && sent.length < 2));
  });
  assert.deepEqual(outcome, { left: [3] });
  assert.deepEqual(sent, [[1, 2, 3, 4], [3, 4], [3]]);
});

test('nothing to send makes no call', async () => {
  assert.deepEqual(await sendUntilTaken([], policy, () => assert.fail('not to be called')), { left: [] });
});

test('a call that fails as a whole ends the tries and answers what is left, with its error', async () => {
  let calls = 0;
  const down = new Error('down');
  const outcome = await sendUntilTaken([1, 2, 3], policy, async () => {
    calls += 1;
    if (calls === 2) throw down;
    return [2];
  });
  assert.deepEqual(outcome, { left: [2], failure: down });
  assert.equal(calls, 2);
});

test('where every member must be taken, a rest is a retryable error, and a failed call is thrown as it is', async () => {
  await assert.rejects(
    sendAll([1], policy, async (entries) => entries),
    (error) => error instanceof ServiceError && error.code === 'internal' && error.retryable,
  );
  const down = new Error('down');
  await assert.rejects(
    sendAll([1], policy, () => Promise.reject(down)),
    (error) => error === down,
  );
  await sendAll([1], policy, async () => []);
});

/** An AWS endpoint that counts requests and answers each by `answer`; 500 without one. */
async function startEndpoint(
  t: { after(clean: () => void): void },
  answer?: (input: Record<string, never>, call: number) => object,
) {
  const inputs: Record<string, never>[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    inputs.push(JSON.parse(body));
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.statusCode = answer ? 200 : 500;
    response.end(JSON.stringify(answer?.(JSON.parse(body), inputs.length) ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return { inputs, options: { endpoint, region: 'us-east-1', credentials } };
}

test('a request that fails is sent as often as the SDK is set to, and no more', async (t) => {
  const { inputs, options } = await startEndpoint(t);
  const event = buildTaskEvent(completed());
  const bus = createEventBridgeEventBus({
    client: new EventBridgeClient({ ...options, maxAttempts: sdkAttempts.eventBridge }),
    busName: 'events',
  });
  const owed = { tenant: 'default', event, dueAt: 0 };
  assert.deepEqual(await bus.put([owed]), [owed]);
  assert.equal(inputs.splice(0).length, sdkAttempts.eventBridge);

  const client = new SQSClient({ ...options, maxAttempts: sdkAttempts.sqs });
  const message = { tenant: 'default', url: 'https://hook.example/', event };
  const webhooks = createSqsWebhookQueue({ client, queueUrl: `${options.endpoint}/webhooks` });
  assert.deepEqual(await webhooks.send([message]), [message]);
  assert.equal(inputs.splice(0).length, sdkAttempts.sqs);

  const queues = createSqsTaskQueues({ client, queueUrlPrefix: `${options.endpoint}/llm-` });
  await assert.rejects(queues.enqueue([toQueuedTask(makeTask()), toQueuedTask(makeTask())]));
  assert.equal(inputs.splice(0).length, sdkAttempts.sqs);

  const table = createDynamoTable({
    client: new DynamoDBClient({ ...options, maxAttempts: sdkAttempts.dynamo }),
    tableName: 'rows',
  });
  await assert.rejects(table.putMany([{ pk: 'a', sk: 'b' }]));
  assert.equal(inputs.splice(0).length, sdkAttempts.dynamo);
});

test('the clients are made with the attempts of the retry policy', async () => {
  assert.equal(await createDynamoClient().config.maxAttempts(), sdkAttempts.dynamo);
  assert.equal(await createSqsClient().config.maxAttempts(), sdkAttempts.sqs);
});

test('only what DynamoDB did not process is sent again', async (t) => {
  type Request = { RequestItems: { rows: unknown[] & { Keys: unknown[] } } };
  const { inputs, options } = await startEndpoint(t, (input, call) => {
    const { rows } = (input as unknown as Request).RequestItems;
    if (rows.Keys) {
      const Responses = { rows: [{ pk: { S: `answer ${call}` } }] };
      return call % 2 === 1
        ? { Responses, UnprocessedKeys: { rows: { Keys: rows.Keys.slice(1) } } }
        : { Responses };
    }
    return call % 2 === 1 ? { UnprocessedItems: { rows: rows.slice(0, 2) } } : {};
  });
  const table = createDynamoTable({ client: new DynamoDBClient(options), tableName: 'rows' });
  const keys = ['1', '2', '3'].map((pk) => ({ pk, sk: 's' }));
  const sizes = () =>
    inputs.splice(0).map((input) => {
      const { rows } = (input as unknown as Request).RequestItems;
      return (rows.Keys ?? rows).length;
    });
  await table.putMany(keys);
  assert.deepEqual(sizes(), [3, 2]);
  assert.deepEqual(
    (await table.getMany(keys, { consistent: true })).map(({ pk }) => pk),
    ['answer 1', 'answer 2'],
  );
  assert.deepEqual(sizes(), [3, 2]);
});
