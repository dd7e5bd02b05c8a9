import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { WebSocket } from 'ws';
import { createClient } from '../../../client/create-client.ts';
import type { ServiceEvent } from '../../../client/wire.ts';
import { answerJson, nextMessage, startServer } from './start-server.ts';

const event = (task_id: string, version: number, event_type = 'processing', second = version) =>
  JSON.stringify({
    event_id: `evt_${task_id}_${version}`,
    event_type,
    task_id,
    version,
    timestamp: `2026-11-22T08:00:0${second}.000Z`,
  });
const subscribed = (more = {}) => JSON.stringify({ event_type: 'subscribed', complete: true, ...more });

/** A service whose task ends when `end` is called; `onConnection` plays its WebSocket. */
async function startService(t: TestContext, onConnection: (socket: WebSocket, count: number) => void) {
  let status = 'processing';
  const service = await startServer(t, ({ path }, response) => {
    if (path === '/api/v1/ws-tickets')
      return answerJson(response, 201, { ticket: `t${service.requests.length}`, url: service.wsUrl });
    if (path.startsWith('/api/v1/tasks/')) return answerJson(response, 200, { task_id: 'task_1', status });
    answerJson(response, 404, { code: 'not_found', detail: 'no' });
  });
  const tickets: (string | null)[] = [];
  let count = 0;
  service.sockets.on('connection', (socket, { url = '' }) => {
    tickets.push(new URL(url, 'http://x').searchParams.get('ticket'));
    count += 1;
    onConnection(socket, count);
  });
  const reads = () => service.requests.filter(({ path }) => path.startsWith('/api/v1/tasks/')).length;
  return {
    ...service,
    tickets,
    reads,
    client: createClient({ baseUrl: service.url }),
    end: () => (status = 'completed'),
  };
}

test('events are followed across a lost connection: what was seen is dropped, what was missed asked for', async (t) => {
  const messages: Record<string, unknown>[] = [];
  const { client, tickets } = await startService(t, async (socket, count) => {
    messages.push(await nextMessage(socket));
    if (count === 1) {
      socket.send(subscribed());
      socket.send(event('task_1', 2));
      socket.send(event('task_2', 3));
      // Late, and twice.
      socket.send(event('task_1', 1));
      socket.send(event('task_1', 2));
      setTimeout(() => socket.terminate(), 30);
    } else {
      socket.send(event('task_1', 2));
      socket.send(event('task_1', 4, 'completed'));
      socket.send(subscribed());
    }
  });
  const connections: boolean[] = [];
  const seen: string[] = [];
  for await (const told of client.follow({ onConnection: (is) => connections.push(is) })) {
    const { task_id, version } = told as ServiceEvent;
    seen.push(`${task_id} ${version}`);
    if (version === 4) break;
  }
  assert.deepEqual(seen, ['task_1 2', 'task_2 3', 'task_1 4']);
  assert.equal(messages[0]?.action, 'subscribe');
  assert.equal(messages[1]?.since, '2026-11-22T08:00:03.000Z');
  assert.deepEqual(connections.slice(0, 2), [true, false]);
  assert.equal(new Set(tickets).size, 2, 'a ticket opens one connection');
});

test('a replay that is cut goes on from where it was, and `since` stays until it is whole', async (t) => {
  const messages: Record<string, unknown>[] = [];
  const { client } = await startService(t, (socket, count) => {
    socket.on('message', (data) => {
      messages.push(JSON.parse(String(data)));
      if (count === 1) {
        socket.send(event('task_9', 9));
        // Cut off in the middle of a replay that told a young event before older ones.
        if (messages.length === 1)
          socket.send(subscribed({ complete: false, since: '2026-11-22T07:00:00.000Z' }));
        else socket.terminate();
      } else socket.send(event('task_1', 5, 'completed'));
    });
  });
  const since = '2026-11-22T06:00:00.000Z';
  for await (const told of client.follow({ since })) if ((told as ServiceEvent).version === 5) break;
  assert.deepEqual(
    messages.map((message) => message.since),
    [since, '2026-11-22T07:00:00.000Z', since],
  );
});

test('what is named is followed until all of it has ended, with its deltas', async (t) => {
  const { client } = await startService(t, async (socket) => {
    assert.deepEqual(await nextMessage(socket), { action: 'subscribe', task_ids: ['task_1'], deltas: true });
    socket.send(subscribed());
    socket.send(JSON.stringify({ event_type: 'delta', task_id: 'task_1', index: 0, content: 'Yes' }));
    socket.send(event('task_1', 3, 'completed'));
  });
  const told = await Array.fromAsync(client.follow({ taskIds: ['task_1'], deltas: true }));
  assert.deepEqual(
    told.map(({ event_type }) => event_type),
    ['delta', 'completed'],
  );
});

test('following a task that is not there, or where there is no WebSocket, is an error', async (t) => {
  const { client } = await startService(t, async (socket) => {
    await nextMessage(socket);
    socket.send(JSON.stringify({ event_type: 'error', error: { code: 'not_found', message: 'task_x' } }));
    socket.send(subscribed());
  });
  await assert.rejects(Array.fromAsync(client.follow({ taskIds: ['task_x'] })), { code: 'not_found' });
  const none = await startServer(t, (_, response) =>
    answerJson(response, 404, { code: 'not_found', detail: 'no' }),
  );
  await assert.rejects(Array.fromAsync(createClient({ baseUrl: none.url }).follow()), { code: 'not_found' });
});

test('too many subscribes are sent again when the service says', async (t) => {
  let asked = 0;
  const { client } = await startService(t, (socket) => {
    socket.on('message', () => {
      asked += 1;
      const message = 'A connection has 20 replays a minute; send the message again in 1 s';
      if (asked === 1)
        socket.send(JSON.stringify({ event_type: 'error', error: { code: 'rate_limited', message } }));
      else socket.send(event('task_1', 3, 'completed'));
    });
  });
  const told = await Array.fromAsync(client.follow({ taskIds: ['task_1'] }));
  assert.equal(told.length, 1);
  assert.equal(asked, 2);
});

test('waiting ends at the event, with one look before and one after; many waits share one connection', async (t) => {
  const service = await startService(t, async (socket) => {
    socket.on('message', (data) => {
      const { task_ids = [] } = JSON.parse(String(data));
      socket.send(subscribed());
      if (task_ids.includes('task_1'))
        setTimeout(() => {
          service.end();
          socket.send(event('task_1', 3, 'completed'));
        }, 100);
    });
  });
  const [one, two] = await Promise.all([service.client.wait('task_1'), service.client.wait('task_1')]);
  assert.equal(one.status, 'completed');
  assert.equal(two.status, 'completed');
  assert.equal(service.tickets.length, 1);
  assert.equal(service.reads(), 4);
});

test('waiting goes on by looking where the connection is lost, and where there is none', async (t) => {
  const service = await startService(t, async (socket) => {
    await nextMessage(socket);
    service.end();
    socket.terminate();
  });
  assert.equal((await service.client.wait('task_1')).status, 'completed');
  let looks = 0;
  const none = await startServer(t, ({ path }, response) => {
    if (path === '/api/v1/ws-tickets') return answerJson(response, 404, { code: 'not_found', detail: 'no' });
    looks += 1;
    answerJson(response, 200, { task_id: 'task_1', status: looks < 3 ? 'queued' : 'failed' });
  });
  assert.equal((await createClient({ baseUrl: none.url }).wait('task_1')).status, 'failed');
});

test('an end that is told while an older state is being read is not missed', {
  timeout: 10_000,
}, async (t) => {
  let looks = 0;
  const service = await startServer(t, async ({ path }, response) => {
    if (path === '/api/v1/ws-tickets') {
      answerJson(response, 201, { ticket: 't', url: service.wsUrl });
      return;
    }
    looks += 1;
    const status = looks > 2 ? 'completed' : 'processing';
    if (looks === 2) {
      for (const socket of service.sockets.clients) {
        socket.send(subscribed());
        socket.send(event('task_1', 3, 'completed'));
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    answerJson(response, 200, { task_id: 'task_1', status });
  });
  const task = await createClient({ baseUrl: service.url }).wait('task_1');
  assert.equal(task.status, 'completed');
  assert.equal(looks, 3);
});

test('waiting for what is not there is an error at once, and a wait can be given up', async (t) => {
  const service = await startService(t, () => {});
  await assert.rejects(service.client.waitForBatch('batch_x'), { code: 'not_found' });
  const signal = AbortSignal.timeout(80);
  await assert.rejects(service.client.wait('task_1', { signal }), { name: 'TimeoutError' });
  await assert.rejects(
    Array.fromAsync(service.client.follow({ signal: AbortSignal.abort(new Error('no')) })),
    /no/,
  );
});
