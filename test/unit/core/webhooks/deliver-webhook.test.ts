import assert from 'node:assert/strict';
import test from 'node:test';
import { type DeliverWebhookPorts, deliverWebhook } from '../../../../core/webhooks/deliver-webhook.ts';
import type { Delivery } from '../../../../core/webhooks/deliveries.ts';
import { createReceiverHealth } from '../../../../core/webhooks/receiver-health.ts';
import { webhookRetryDelays } from '../../../../core/webhooks/retry-delays.ts';
import { signWebhook } from '../../../../core/webhooks/sign-webhook.ts';
import type { WebhookReply } from '../../../../core/webhooks/webhook-sender.ts';

const now = Date.UTC(2026, 0, 1);
const options = { policy: { allowHttp: false, allowPrivate: false }, delays: webhookRetryDelays };
const message = (url = 'https://hook.example/') => ({
  tenant: 'default',
  url,
  event: {
    event_id: 'evt_1_3',
    event_type: 'completed' as const,
    task_id: 'task_1',
    batch_id: null,
    status: 'completed' as const,
    version: 3,
    timestamp: new Date(now).toISOString(),
    data: null,
    error: null,
  },
});

function ports(reply: WebhookReply) {
  const posts: { url: string; headers: Record<string, string>; body: string }[] = [];
  const recorded: Delivery[] = [];
  const fakes: DeliverWebhookPorts = {
    sender: {
      async post(url, headers, body) {
        posts.push({ url, headers, body });
        return reply;
      },
    },
    deliveries: { record: async (delivery) => void recorded.push(delivery), list: async () => recorded },
    health: createReceiverHealth(),
    keysOf: async () => [Buffer.alloc(32, 7)],
    clock: () => now,
  };
  return { posts, recorded, fakes };
}

test('a 2xx answer ends the delivery, and the event was the body', async () => {
  const { fakes, posts, recorded } = ports({ kind: 'answered', status: 204 });
  assert.deepEqual(await deliverWebhook(message(), 1, options, fakes), {
    kind: 'ended',
    status: 'delivered',
  });
  assert.deepEqual(JSON.parse(posts[0]?.body ?? ''), message().event);
  assert.equal(posts[0]?.headers['webhook-id'], 'evt_1_3');
  assert.match(posts[0]?.headers['webhook-signature'] ?? '', /^v1,/);
  assert.equal(recorded[0]?.status, 'delivered');
  assert.equal(recorded[0]?.subjectId, 'task_1');
});

test('410 ends the delivery as rejected', async () => {
  const { fakes, recorded } = ports({ kind: 'answered', status: 410 });
  assert.equal((await deliverWebhook(message(), 2, options, fakes)).kind, 'ended');
  assert.equal(recorded[0]?.status, 'rejected');
});

test('after every other answer it is tried again after the delay of the attempt; the last goes to the dead letters', async () => {
  const replies: WebhookReply[] = [
    { kind: 'answered', status: 500 },
    { kind: 'answered', status: 302 },
    { kind: 'answered', status: 404 },
    { kind: 'timeout', reason: 'no answer in time' },
    { kind: 'unreachable', reason: 'ECONNREFUSED' },
    { kind: 'forbidden', reason: 'not public' },
  ];
  for (const reply of replies) {
    const delays: number[] = [];
    for (let attempt = 1; attempt < webhookRetryDelays.length; attempt += 1) {
      const { fakes, recorded } = ports(reply);
      const outcome = await deliverWebhook(message(), attempt, options, fakes);
      assert.ok(outcome.kind === 'again' && outcome.status === 'retrying');
      delays.push(outcome.delayMs);
      assert.deepEqual([recorded[0]?.status, recorded[0]?.nextAttemptAt], ['pending', now + outcome.delayMs]);
    }
    assert.deepEqual(delays, webhookRetryDelays.slice(1));
    const { fakes, recorded } = ports(reply);
    const last = await deliverWebhook(message(), webhookRetryDelays.length, options, fakes);
    assert.ok(last.kind === 'again' && last.status === 'dead' && last.delayMs === 0);
    assert.equal(recorded[0]?.nextAttemptAt, null);
  }
});

test('a URL that the policy no longer allows is not called', async () => {
  const { fakes, posts, recorded } = ports({ kind: 'answered', status: 200 });
  for (const url of ['https://169.254.169.254/', 'http://hook.example/', 'https://hook.example:22/'])
    assert.equal((await deliverWebhook(message(url), 1, options, fakes)).kind, 'again', url);
  assert.equal(posts.length, 0);
  assert.match(recorded[0]?.lastError ?? '', /callback_url/);
});

test('a receiver that hangs is tried only once in ten seconds, and does not hold up others', async () => {
  const { fakes, posts } = ports({ kind: 'timeout', reason: 'no answer in time' });
  for (let tries = 0; tries < 20; tries += 1) await deliverWebhook(message(), 1, options, fakes);
  assert.equal(posts.length, 6, 'five hangs, then one probe');
  await deliverWebhook(message('https://other.example/'), 1, options, fakes);
  assert.equal(posts.length, 7);
});

test('a receiver that answers again is tried without limit', () => {
  const health = createReceiverHealth();
  for (let hangs = 0; hangs < 5; hangs += 1) health.end('a', true);
  assert.equal(health.begin('a', now), true, 'the probe');
  assert.equal(health.begin('a', now + 1), false);
  assert.equal(health.begin('a', now + 10_000), true, 'the next probe');
  health.end('a', false);
  assert.equal(health.begin('a', now + 10_001), true);
  assert.equal(health.begin('a', now + 10_002), true);
});

test('of ten thousand receivers that hang the oldest is forgotten by one more', () => {
  const health = createReceiverHealth();
  const hang = (receiver: string) => {
    for (let hangs = 0; hangs < 5; hangs += 1) health.end(receiver, true);
    health.begin(receiver, now);
  };
  hang('first');
  for (let index = 1; index < 10_000; index += 1) hang(`receiver ${index}`);
  assert.equal(health.begin('first', now + 1), false);
  hang('one more');
  assert.equal(health.begin('first', now + 1), true);
  assert.equal(health.begin('receiver 2', now + 1), false);
});

test('a body of its own is sent, and signed, in place of the event', async () => {
  const { fakes, posts, recorded } = ports({ kind: 'answered', status: 200 });
  const data = { id: 'resp_1' };
  const body = { id: 'evt_1_3', object: 'event' as const, created_at: 1, type: 'response.completed', data };
  await deliverWebhook({ ...message(), body }, 1, options, fakes);
  assert.deepEqual(JSON.parse(posts[0]?.body ?? ''), body);
  const text = JSON.stringify(body);
  assert.deepEqual(
    posts[0]?.headers['webhook-signature'],
    signWebhook('evt_1_3', text, [Buffer.alloc(32, 7)], now)['webhook-signature'],
  );
  assert.equal(recorded[0]?.eventId, 'evt_1_3');
});
