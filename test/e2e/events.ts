import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { type Client, quickTask, until } from './client.ts';
import { type EventSocket, openSocket } from './event-socket.ts';
import type { Service } from './service.ts';

export function testEvents(service: Service, { call, submit, waitFor }: Client): void {
  const open = () => openSocket(service.wsUrl, service.token);
  const ended = (id: string) => (frame: { task_id?: string; event_type?: string }) =>
    frame.task_id === id && frame.event_type === 'completed';

  async function withSocket(use: (socket: EventSocket) => Promise<void>): Promise<void> {
    const socket = await open();
    try {
      await use(socket);
    } finally {
      socket.close();
    }
  }

  describe('events on the WebSocket', () => {
    test('a client that only connects gets the events of a task in order: queued, processing, completed', () =>
      withSocket(async (socket) => {
        const id = await submit(quickTask);
        const last = await socket.next('completed', ended(id));
        const events = socket.eventsOf(id);
        assert.deepEqual(
          events.map(({ event_type }) => event_type),
          ['queued', 'processing', 'completed'],
        );
        assert.deepEqual(
          events.map(({ version }) => version),
          [1, 2, 3],
        );
        assert.deepEqual(
          events.map(({ status }) => status),
          ['queued', 'processing', 'completed'],
        );
        assert.equal(new Set(events.map(({ event_id }) => event_id)).size, 3);
        for (const event of events) {
          assert.match(event.event_id, /^evt_/);
          assert.ok(!Number.isNaN(Date.parse(event.timestamp)));
          assert.equal(event.batch_id, null);
          assert.equal(event.error, null);
        }
        assert.deepEqual(last.data, (await waitFor(id)).result);
      }));

    test('a client that subscribes to a task gets no events of others', () =>
      withSocket(async (socket) => {
        const subscribed = await submit(quickTask);
        socket.send({ action: 'subscribe', task_ids: [subscribed] });
        await socket.next('subscribed', (frame) => frame.event_type === 'subscribed');
        const from = socket.frames.length;
        const other = await submit(quickTask);
        await socket.next('completed', ended(subscribed));
        await waitFor(other);
        assert.ok(socket.frames.slice(from).every((frame) => frame.task_id !== other));
      }));

    test('a client that subscribes to a task late gets its present state', async () => {
      const id = await submit(quickTask);
      const since = new Date(Date.now() - 60_000).toISOString();
      await waitFor(id);
      await withSocket(async (socket) => {
        socket.send({ action: 'subscribe', task_ids: [id], since });
        const event = await socket.next('the replay', ended(id));
        assert.equal(event.version, 3);
        assert.ok(event.data.content);
      });
    });

    test('a client that unsubscribes gets no more events of the task', () =>
      withSocket(async (socket) => {
        const id = await submit(quickTask);
        socket.send({ action: 'subscribe', task_ids: [id] });
        await socket.next('subscribed', (frame) => frame.event_type === 'subscribed');
        socket.send({ action: 'unsubscribe', task_ids: [id] });
        await socket.next('unsubscribed', (frame) => frame.event_type === 'unsubscribed');
        socket.send({ action: 'ping' });
        await socket.next('pong', (frame) => frame.event_type === 'pong');
      }));

    test('a bad message is answered by an error and the connection stays', () =>
      withSocket(async (socket) => {
        for (const message of [
          '{',
          '[]',
          { action: 'dance' },
          { action: 'subscribe', task_ids: 'x' },
          'null',
        ]) {
          const before = socket.frames.filter((frame) => frame.event_type === 'error').length;
          socket.send(message);
          await socket.next(
            'an error',
            () => socket.frames.filter((frame) => frame.event_type === 'error').length > before,
          );
        }
        const error = socket.frames.find((frame) => frame.event_type === 'error');
        assert.equal(error.error.code, 'invalid_request');
        socket.send({ action: 'ping' });
        await socket.next('pong', (frame) => frame.event_type === 'pong');
      }));

    test('a batch ends with one event of its own', () =>
      withSocket(async (socket) => {
        const answer = await call('POST', '/api/v1/tasks/batch', { body: { tasks: [quickTask, quickTask] } });
        const event = await socket.next(
          'batch.completed',
          (frame) => frame.event_type === 'batch.completed' && frame.batch_id === answer.json.batch_id,
        );
        assert.equal(event.status, 'completed');
      }));

    // API Gateway answers an authorizer that throws "Unauthorized" by 401, MiniStack any that throws by 500.
    const refused = service.emulated ? /refused with (40[13]|500)/ : /refused with 40[13]/;

    test('a wrong token is refused', { skip: !service.token && 'the service is open' }, async () => {
      await assert.rejects(openSocket(service.wsUrl, 'wrong'), refused);
      await assert.rejects(openSocket(service.wsUrl), refused);
    });

    test('a ticket opens one connection', { skip: !service.token && 'the service is open' }, async () => {
      const { status, json } = await call('POST', '/api/v1/ws-tickets');
      assert.equal(status, 201);
      const url = `${service.wsUrl}?ticket=${encodeURIComponent(json.ticket)}`;
      const socket = await openSocket(url);
      socket.send({ action: 'ping' });
      await socket.next('pong', (frame) => frame.event_type === 'pong');
      socket.close();
      await assert.rejects(openSocket(url), refused);
    });
  });

  describe('webhooks', () => {
    test('the final event comes signed to the callback URL, and its delivery is listed', async (context) => {
      const received: { headers: Record<string, string>; body: string }[] = [];
      const server = createServer((request, response) => {
        let body = '';
        request.on('data', (data) => {
          body += data;
        });
        request.on('end', () => {
          received.push({ headers: request.headers as Record<string, string>, body });
          response.writeHead(204).end();
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      try {
        const { port } = server.address() as AddressInfo;
        const body = { ...quickTask, callback_url: `http://127.0.0.1:${port}/callback` };
        const answer = await call('POST', '/api/v1/tasks', { body });
        if (answer.status === 400) return context.skip('the service calls no loopback address');
        const id = answer.json.task_id;
        const first = await until('the callback', async () => received[0]);
        const event = JSON.parse(first.body);
        assert.equal(event.task_id, id);
        assert.equal(event.event_type, 'completed');
        assert.equal(first.headers['webhook-id'], event.event_id);
        if (service.webhookSecret) new Webhook(service.webhookSecret).verify(first.body, first.headers);
        const delivered = await until('the delivery', async () => {
          const { json } = await call('GET', `/api/v1/tasks/${id}/deliveries`);
          return json.deliveries[0]?.status === 'delivered' ? json.deliveries : undefined;
        });
        assert.equal(delivered[0].event_id, event.event_id);
        await until('its count', async () => {
          const { text } = await call('GET', '/api/v1/metrics');
          return /^llm_webhook_deliveries_total\{outcome="delivered"\} [1-9]/m.test(text) || undefined;
        });
      } finally {
        server.close();
      }
    });
  });
}
