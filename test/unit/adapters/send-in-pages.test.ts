import assert from 'node:assert/strict';
import test from 'node:test';
import type { EventBridgeClient, PutEventsCommandInput } from '@aws-sdk/client-eventbridge';
import type { SendMessageBatchCommandInput, SQSClient } from '@aws-sdk/client-sqs';
import { createEventBridgeEventBus } from '../../../adapters/eventbridge-event-bus.ts';
import { pagesBySize } from '../../../adapters/pages.ts';
import { createSqsWebhookQueue } from '../../../adapters/sqs-webhook-queue.ts';
import { buildTaskEvent, type ServiceEvent } from '../../../core/events/build-event.ts';
import { completed } from '../../make-task.ts';

/** An SDK client that answers by `answer`, which sees the input of each command. */
function stub<Input>(answer: (input: Input, call: number) => unknown) {
  const inputs: Input[] = [];
  const send = async ({ input }: { input: Input }) => {
    inputs.push(input);
    return answer(input, inputs.length);
  };
  return { inputs, client: { send } };
}

const event = (index: number, content = '') => {
  const task = completed({ taskId: `task_${index}` });
  return buildTaskEvent({ ...task, result: task.result && { ...task.result, content } });
};
const message = (index: number, content = '') => ({
  tenant: 'default',
  url: `https://host${index % 2}.example/hook`,
  event: event(index, content),
});

test('pages keep the order and both limits, and a member too large goes alone', () => {
  const pages = pagesBySize([3, 3, 3, 20, 1, 1, 1], { count: 3, bytes: 8 }, (size) => size);
  assert.deepEqual(pages, [[3, 3], [3], [20], [1, 1, 1]]);
});

test('webhooks go to SQS ten at a time and below 256 KB, grouped by their receiver', async () => {
  const { inputs, client } = stub<SendMessageBatchCommandInput>(() => ({}));
  const queue = createSqsWebhookQueue({ client: client as unknown as SQSClient, queueUrl: 'https://queue' });
  const large = Array.from({ length: 25 }, (_, index) => message(index, 'x'.repeat(27_000)));
  assert.deepEqual(await queue.send(large), []);
  const sizes = inputs.map(({ Entries = [] }) =>
    Entries.reduce((sum, { MessageBody = '' }) => sum + MessageBody.length, 0),
  );
  assert.ok(sizes.every((size) => size < 256 * 1024));
  assert.equal(inputs.flatMap(({ Entries }) => Entries ?? []).length, 25);
  assert.equal(inputs[0]?.Entries?.[1]?.MessageGroupId, 'default/host1.example');
});

test('messages that SQS refuses are sent again, and answered when it keeps refusing them', async () => {
  const { inputs, client } = stub<SendMessageBatchCommandInput>(({ Entries = [] }) => ({
    Failed: Entries.filter(({ MessageBody = '' }) => MessageBody.includes('task_3')).map(({ Id }) => ({
      Id,
    })),
  }));
  const queue = createSqsWebhookQueue({ client: client as unknown as SQSClient, queueUrl: 'https://queue' });
  const unsent = await queue.send(Array.from({ length: 5 }, (_, index) => message(index)));
  assert.deepEqual(
    unsent.map(({ event: { task_id } }) => task_id),
    ['task_3'],
  );
  assert.deepEqual(
    inputs.map(({ Entries }) => Entries?.length),
    [5, 1, 1],
  );
});

test('messages to a queue that cannot be reached are answered as not sent', async () => {
  const { client } = stub(() => Promise.reject(new Error('ECONNREFUSED')));
  const queue = createSqsWebhookQueue({ client: client as unknown as SQSClient, queueUrl: 'https://queue' });
  assert.equal((await queue.send([message(1), message(2)])).length, 2);
});

const owed = (event: ServiceEvent) => ({ tenant: 'default', event, dueAt: 0 });

test('events go on the bus ten at a time, refused ones again', async () => {
  const { inputs, client } = stub<PutEventsCommandInput>(({ Entries = [] }, call) => ({
    Entries: Entries.map((_, index) =>
      call === 1 && index === 4 ? { ErrorCode: 'ThrottlingException' } : { EventId: '1' },
    ),
  }));
  const bus = createEventBridgeEventBus({
    client: client as unknown as EventBridgeClient,
    busName: 'events',
  });
  const events = Array.from({ length: 12 }, (_, index) => event(index));
  assert.deepEqual(await bus.put(events.map(owed)), []);
  assert.deepEqual(inputs.map(({ Entries }) => Entries?.length).sort(), [1, 10, 2]);
  const [entry] = inputs[0]?.Entries ?? [];
  assert.equal(entry?.Source, 'llm-service');
  assert.equal(entry?.DetailType, 'task.completed');
  assert.deepEqual(JSON.parse(entry?.Detail ?? ''), { ...events[0], tenant: 'default' });
});

test('events that the bus keeps refusing are answered', async () => {
  const { client } = stub<PutEventsCommandInput>(({ Entries = [] }) => ({
    Entries: Entries.map(() => ({ ErrorCode: 'InternalFailure' })),
  }));
  const bus = createEventBridgeEventBus({
    client: client as unknown as EventBridgeClient,
    busName: 'events',
  });
  assert.equal((await bus.put([owed(event(1))])).length, 1);
});
