import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { findQueueUrl } from '../../../adapters/sqs-dead-letters.ts';
import { createSqsClient, createSqsTaskQueues } from '../../../adapters/sqs-task-queues.ts';
import { toQueuedTask } from '../../../core/scheduling/task-message.ts';
import { newTask, startStores } from './start-stores.ts';

let stores: Awaited<ReturnType<typeof startStores>>;
before(async () => {
  stores = await startStores();
});
after(() => stores.service.stop());

/** A message in a queue that nobody looks into, since no ticket was sent, received. */
async function setUp() {
  const names = stores.service.host.templates
    .ofType('AWS::SQS::Queue')
    .map(({ properties }) => String(properties.QueueName));
  const client = createSqsClient();
  const QueueUrl = await findQueueUrl(client, names.find((name) => name.endsWith('-simulated-low')) ?? '');
  const queues = createSqsTaskQueues({ client, queueUrlPrefix: QueueUrl.replace('simulated-low', '') });
  const { message } = toQueuedTask(newTask({ provider: 'simulated', priority: 'low' }).task);
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));
  const received = await queues.receive('simulated', 'low', 30, 0);
  assert.ok(received);
  return { queues, received };
}

test('a message that was ended meanwhile needs not be hidden', async () => {
  const { queues, received } = await setUp();
  await queues.deleteMany([{ provider: 'simulated', received }]);
  await queues.setVisibility('simulated', received, 1_000);
});

test('a message that shows already needs not be shown', async () => {
  const { queues, received } = await setUp();
  await queues.setVisibility('simulated', received, 0);
  await queues.setVisibility('simulated', received, 0);
  assert.ok(await queues.receive('simulated', 'low', 30, 0));
});

test('any other fault is told', async () => {
  const { queues, received } = await setUp();
  await assert.rejects(queues.setVisibility('nobody', received, 1_000), /queue does not exist/i);
});
