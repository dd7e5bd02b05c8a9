import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
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
  const { host, client: caller } = stores.service;
  const queues = host.templates.ofType('AWS::SQS::Queue').map(({ properties }) => properties.QueueName);
  const name = queues.find((queueName) => String(queueName).endsWith('-simulated-high'));
  const client = createSqsClient();
  const QueueUrl = await findQueueUrl(client, String(name));
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
