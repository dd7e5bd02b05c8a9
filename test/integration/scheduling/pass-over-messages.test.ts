import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { findQueueUrl } from '../../../adapters/sqs-dead-letters.ts';
import { createSqsClient } from '../../../adapters/sqs-task-queues.ts';
import { startStores } from './start-stores.ts';

let stores: Awaited<ReturnType<typeof startStores>>;
before(async () => {
  // The sweeps are those of the tests.
  stores = await startStores({ LLM_LOG_LEVEL: 'silent', LLM_LOCAL_SCHEDULE_SECONDS: '3600' });
});
after(() => stores.service.stop());

function findQueue(client: SQSClient, end: string): Promise<string> {
  const { templates } = stores.service.host;
  const queues = templates.ofType('AWS::SQS::Queue').map(({ properties }) => String(properties.QueueName));
  return findQueueUrl(client, String(queues.find((name) => name.endsWith(end))));
}

async function countKept(client: SQSClient, QueueUrl: string): Promise<number> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes).reduce((sum, number) => sum + Number(number), 0);
}

test('messages that cannot be read hold up no task and are kept', async () => {
  const { client: caller } = stores.service;
  const client = createSqsClient();
  const QueueUrl = await findQueue(client, '-simulated-high');
  const unreadable = ['', '{"taskId":7}', 'a message of somebody else'];
  for (const MessageBody of unreadable)
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: `${MessageBody}{` }));

  // As many tickets as messages: a ticket that an unreadable one used up would be missed for most of a minute.
  const task = {
    type: 'custom',
    prompt: 'Say yes',
    priority: 'high',
    config: { cache_enabled: false },
  } as const;
  const accepted = await Promise.all(unreadable.map(() => caller.submit(task)));
  const signal = AbortSignal.timeout(20_000);
  const ended = await Promise.all(accepted.map(({ task_id }) => caller.wait(task_id, { signal })));
  assert.deepEqual(
    ended.map(({ status }) => status),
    ['completed', 'completed', 'completed'],
  );

  assert.equal(await countKept(client, QueueUrl), unreadable.length);
  client.destroy();
});

test('one in a dead-letter queue is kept too, and fails the sweep that meets it, which rings', async () => {
  const client = createSqsClient();
  const lambda = new LambdaClient();
  const sweep = async () => {
    const command = new InvokeCommand({ FunctionName: 'llm-dev-sweep' });
    const { FunctionError, Payload } = await lambda.send(command);
    return { failed: FunctionError !== undefined, text: Buffer.from(Payload ?? []).toString() };
  };
  assert.equal((await sweep()).failed, false);
  const QueueUrl = await findQueue(client, '-simulated-dead');
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a message of somebody else' }));
  const { failed, text } = await sweep();
  assert.ok(failed);
  assert.match(text, /1 message\(s\) of dead-letter queues cannot be read/);
  assert.equal(await countKept(client, QueueUrl), 1);
  assert.equal((await sweep()).failed, false, 'it is hidden for a while, and found again');
  client.destroy();
  lambda.destroy();
});
