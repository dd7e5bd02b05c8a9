import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import {
  createSqsTaskQueues,
  parseTaskMessage,
  parseTicketBody,
  toTicket,
} from '../../../adapters/sqs-task-queues.ts';
import { parseWebhookMessage } from '../../../adapters/sqs-webhook-queue.ts';
import { buildTaskEvent } from '../../../core/events/build-event.ts';
import { toQueuedTask } from '../../../core/scheduling/task-message.ts';
import { completed, makeTask } from '../../make-task.ts';

const { message } = toQueuedTask(makeTask());

/** A queue that holds these bodies; each receive takes one. */
function queueOf(bodies: string[], onUnreadable?: (error: unknown) => void) {
  const left = bodies.map(
    (Body, index): Message => ({ Body, MessageId: `id-${index}`, ReceiptHandle: `handle-${index}` }),
  );
  let receives = 0;
  const send = async () => {
    receives += 1;
    return { Messages: left.splice(0, 1) };
  };
  const client = { send } as unknown as SQSClient;
  const queues = createSqsTaskQueues({
    client,
    queueUrlPrefix: 'https://sqs/llm-',
    ...(onUnreadable && { onUnreadable }),
  });
  return { receive: () => queues.receive('kimi', 'high', 50, 0), receives: () => receives };
}

/** Queues that take everything, and what they were sent. */
function recordSent<Sent>() {
  const sent: Sent[] = [];
  const client = {
    send: async ({ input }: { input: Sent }) => {
      sent.push(input);
      return {};
    },
  } as unknown as SQSClient;
  return { queues: createSqsTaskQueues({ client, queueUrlPrefix: 'https://sqs/llm-' }), sent };
}

test('a task message is read as it was sent, without what a newer version added', () => {
  assert.deepEqual(parseTaskMessage(JSON.stringify({ ...message, newer: 1 })), message);
  for (const body of ['', '{', '[]', '{"taskId":"secret"}', undefined])
    assert.throws(
      () => parseTaskMessage(body),
      (error) =>
        error instanceof TypeError &&
        /^The message of a task/.test(error.message) &&
        !/secret/.test(error.message),
    );
});

test('a message that cannot be read is reported and skipped, and the next one is found', async () => {
  const told: unknown[] = [];
  const { receive } = queueOf(['no message', JSON.stringify(message)], (error) => told.push(error));
  const received = await receive();
  assert.deepEqual([received?.message, received?.handle], [message, 'handle-1']);
  assert.deepEqual(told.map(String), ['Error: Message id-0 of https://sqs/llm-kimi-high cannot be read']);
});

test('a queue of unreadable messages alone is empty for a worker', async () => {
  const told: unknown[] = [];
  const { receive } = queueOf(['{}', '{}'], (error) => told.push(error));
  assert.equal(await receive(), undefined);
  assert.equal(told.length, 2);
});

test('a queue full of unreadable messages does not hold a worker: its ticket comes back later', async () => {
  const told: unknown[] = [];
  const { receive, receives } = queueOf(Array(500).fill('{}'), (error) => told.push(error));
  await assert.rejects(receive(), /Message id-10 of .* cannot be read/);
  assert.deepEqual([receives(), told.length], [11, 10]);
});

test('without a report function an unreadable message is an error', async () => {
  await assert.rejects(queueOf(['{}', JSON.stringify(message)]).receive(), /Message id-0 of/);
});

test('a ticket is valid whatever its body says', () => {
  const unknown = { waitedFor: undefined };
  assert.deepEqual(parseTicketBody('{"for":"slot"}'), { ...unknown, waitedFor: 'slot' });
  assert.deepEqual(parseTicketBody('{"for":"slot","priority":"urgent","newer":1}'), { waitedFor: 'slot' });
  const bodies = ['{}', '{"for":"a newer reason"}', '{"priority":"low"}', '{"priority":7}', 'null', '', '{'];
  for (const body of bodies) assert.deepEqual(parseTicketBody(body), unknown);
});

test('a ticket may carry a task instead of a message of its own', async () => {
  const { queues, sent } = recordSent<{ QueueUrl: string; MessageBody: string }>();
  await queues.enqueue([{ provider: 'kimi', priority: 'low', message, isCarried: true }]);
  assert.deepEqual(
    sent.map(({ QueueUrl }) => QueueUrl),
    ['https://sqs/llm-kimi-tickets'],
  );
  const ticket = toTicket('t', 'h', sent[0]?.MessageBody ?? '', {});
  assert.deepEqual(ticket.carried, { message, priority: 'low' });
  await queues.sendMessage({ provider: 'kimi', priority: 'low', message });
  assert.deepEqual(sent[1], { QueueUrl: 'https://sqs/llm-kimi-low', MessageBody: JSON.stringify(message) });
});

test('a ticket says that others were sent with it for which there was no room', async () => {
  const { queues, sent } = recordSent<{ MessageBody?: string; Entries?: { MessageBody: string }[] }>();
  const queued = { provider: 'kimi', priority: 'low', message } as const;
  await queues.enqueue([{ ...queued, hasOthersBehind: true }]);
  await queues.enqueue([queued]);
  const tickets = [sent[1], sent[3]].map((each) => toTicket('t', 'h', each?.MessageBody ?? '', {}));
  assert.deepEqual(
    tickets.map(({ hasOthersBehind, carried }) => [hasOthersBehind, carried]),
    [
      [true, undefined],
      [undefined, undefined],
    ],
  );
});

test('a ticket tells how often it came, and what the one waited for that it stands for', async () => {
  const { queues, sent } = recordSent<{ MessageBody?: string; Entries?: { MessageBody: string }[] }>();
  await queues.sendTickets('kimi', 1, 0, 'slot');
  await queues.sendTickets('kimi', 1);
  const bodies = sent.flatMap(({ MessageBody, Entries = [] }) =>
    MessageBody ? [MessageBody] : Entries.map((entry) => entry.MessageBody),
  );
  assert.deepEqual(bodies, ['{"for":"slot"}', '{}']);
  const ticket = toTicket('t', 'h', bodies[0] ?? '', { SentTimestamp: '1', ApproximateReceiveCount: '3' });
  assert.deepEqual([ticket.waitedFor, ticket.receives, ticket.id], ['slot', 3, 't']);
  assert.equal(toTicket('t', 'h', '{}', {}).receives, 1);
});

test('an event goes to its receiver as it was queued, members of a newer version included', () => {
  const event = { ...buildTaskEvent(completed()), newer: { a: 1 } };
  const queued = JSON.stringify({ tenant: 'default', url: 'https://hook.example/', event, newer: 1 });
  assert.equal(JSON.stringify(parseWebhookMessage(queued).event), JSON.stringify(event));
  const { data: _, ...omitted } = event;
  const without = JSON.stringify({ tenant: 'default', url: 'u', event: { ...omitted, data_omitted: true } });
  assert.deepEqual(parseWebhookMessage(without).event, { ...omitted, data_omitted: true });
});

test('an event that a former version queued is read, whatever its provider counted', () => {
  const former = {
    event_id: 'evt_0b7e_3',
    event_type: 'completed',
    task_id: 'task_0b7e',
    batch_id: null,
    status: 'completed',
    version: 3,
    timestamp: '2026-01-01T00:00:00.900Z',
    data: { content: 'ja', usage: { prompt_tokens: '73', completion_tokens: 1.5 }, cost_usd: null },
    error: null,
  };
  const batch = { total: 1, completed: 1, failed: 0, cancelled: 0 };
  const ended = { event_type: 'batch.completed', task_id: null, batch_id: 'batch_1', data: batch };
  for (const event of [former, { ...former, ...ended }]) {
    const queued = JSON.stringify({ tenant: 'default', url: 'https://hook.example/', event });
    assert.deepEqual(parseWebhookMessage(queued).event, event);
  }
});

test('an event of a batch that names a task is refused', () => {
  const event = { ...buildTaskEvent(completed()), event_type: 'batch.completed' };
  const queued = JSON.stringify({ tenant: 'default', url: 'https://hook.example/', event });
  assert.throws(() => parseWebhookMessage(queued), /event: is not an event$/);
});

test('a webhook message without a tenant, a URL or a whole event is refused by name', () => {
  const event = { ...buildTaskEvent(completed()), version: 'secret' };
  const body = JSON.stringify({ tenant: 'default', url: 'https://hook.example/', event });
  assert.throws(
    () => parseWebhookMessage(body),
    /^TypeError: The message of a webhook cannot be read: event: (?!.*secret)/,
  );
  assert.throws(() => parseWebhookMessage('{}'), /tenant: .+; url: .+; event: /);
});
