import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { findQueueUrl } from '../../../adapters/sqs-dead-letters.ts';
import { createSqsClient } from '../../../adapters/sqs-task-queues.ts';
import { startStores } from './start-stores.ts';

let stores: Awaited<ReturnType<typeof startStores>>;
before(async () => {
  stores = await startStores({ LLM_LOG_LEVEL: 'silent' });
});
after(() => stores.service.stop());

test('messages that cannot be read hold up no task and are kept', async () => {
  const { host, call } = stores.service;
  const queues = host.templates.ofType('AWS::SQS::Queue').map(({ properties }) => properties.QueueName);
  const name = queues.find((queueName) => String(queueName).endsWith('-simulated-high'));
  const client = createSqsClient();
  const QueueUrl = await findQueueUrl(client, String(name));
  const unreadable = ['', '{"taskId":7}', 'a message of somebody else'];
  for (const MessageBody of unreadable)
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: `${MessageBody}{` }));

  // As many tickets as messages: a ticket that an unreadable one used up would be missed for most of a minute.
  const task = { type: 'custom', prompt: 'Say yes', priority: 'high', config: { cache_enabled: false } };
  const accepted = await Promise.all(
    unreadable.map(() => call<{ task_id: string }>('POST', '/api/v1/tasks', task)),
  );
  const read = ({ task_id }: { task_id: string }) =>
    call<{ status: string }>('GET', `/api/v1/tasks/${task_id}`);
  const until = Date.now() + 20_000;
  let statuses: string[] = [];
  do {
    await sleep(200);
    statuses = (await Promise.all(accepted.map(read))).map(({ status }) => status);
  } while (statuses.some((status) => status !== 'completed') && Date.now() < until);
  assert.deepEqual(statuses, ['completed', 'completed', 'completed']);

  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  const kept = Object.values(Attributes).reduce((sum, number) => sum + Number(number), 0);
  assert.equal(kept, unreadable.length);
  client.destroy();
});
