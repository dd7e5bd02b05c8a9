import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../../../client/create-client.ts';
import { readEvents } from '../../../client/read-events.ts';
import { answerJson, startServer } from './start-server.ts';

const request = { type: 'custom', prompt: 'Say yes' };
const head = { 'content-type': 'text/event-stream' };
const delta = (id: number, content: string) =>
  `event: delta\nid: task_1:${id}\ndata: ${JSON.stringify({ content })}\n\n`;
const status = (more = {}) =>
  `event: status\nid: task_1:0\ndata: ${JSON.stringify({ status: 'queued', ...more })}\n\n`;
const completed = 'event: completed\nid: task_1:99\ndata: {"task_id":"task_1","status":"completed"}\n\n';

test('a stream that breaks off goes on behind the last event, without its body', async (t) => {
  const { url, requests } = await startServer(t, async ({ headers }, response) => {
    response.writeHead(200, head);
    if (!headers['last-event-id']) {
      response.write(status() + delta(1, 'Ama'));
      await sleep(30);
      return response.destroy();
    }
    response.end(`: still here\n\n${delta(2, 'zon')}${completed}`);
  });
  const events = await Array.fromAsync(
    createClient({ baseUrl: 'http://127.0.0.1:1', streamUrl: url }).stream(request),
  );
  assert.deepEqual(
    events.map(({ event, id }) => `${event} ${id}`),
    ['status task_1:0', 'delta task_1:1', 'delta task_1:2', 'completed task_1:99'],
  );
  assert.equal(requests[1]?.headers['last-event-id'], 'task_1:1');
  assert.equal(requests[1]?.body, '');
});

test('a stream that broke off before its first event is asked for with the same key', async (t) => {
  const { url, requests } = await startServer(t, (_, response) => {
    response.writeHead(200, head);
    if (requests.length === 1) return response.destroy();
    response.end(completed);
  });
  assert.equal((await Array.fromAsync(createClient({ baseUrl: url }).stream(request))).length, 1);
  const [first, second] = requests;
  assert.ok(first?.headers['idempotency-key']);
  assert.equal(second?.headers['idempotency-key'], first?.headers['idempotency-key']);
  assert.equal(second?.body, first?.body);
});

test('a stream that says so is resumed however often, and one that gets nowhere is given up', async (t) => {
  const { url, requests } = await startServer(t, (_, response) => {
    response.writeHead(200, head);
    response.end(requests.length < 4 ? status({ resume: true }) : completed);
  });
  const events = await Array.fromAsync(createClient({ baseUrl: url, maxRetries: 1 }).stream(request));
  assert.equal(events.at(-1)?.event, 'completed');
  const stuck = await startServer(t, (_, response) => response.writeHead(200, head).end(status()));
  await assert.rejects(Array.fromAsync(createClient({ baseUrl: stuck.url, maxRetries: 2 }).stream(request)), {
    code: 'no_answer',
  });
  // The first got as far as its first event; two more got no further.
  assert.equal(stuck.requests.length, 4);
});

test('a refusal is thrown, and whoever has read enough ends the request', async (t) => {
  const refusing = await startServer(t, (_, response) =>
    answerJson(response, 400, { code: 'invalid_request', detail: 'no' }),
  );
  await assert.rejects(Array.fromAsync(createClient({ baseUrl: refusing.url }).stream(request)), {
    code: 'invalid_request',
  });
  let hasLeft: () => void = () => {};
  const left = new Promise<void>((resolve) => {
    hasLeft = resolve;
  });
  const { url } = await startServer(t, (_, response) => {
    response.on('close', hasLeft).writeHead(200, head);
    response.write(status());
  });
  for await (const _ of createClient({ baseUrl: url }).stream(request)) break;
  await left;
});

test('events are read however their bytes are cut, with every line end', async () => {
  const text =
    'event: a\r\nid: 1\r\ndata: ü\r\ndata:two\r\n\r\n:comment\n\nevent: b\ndata: x\n\ndata: cut off';
  for (let size = 1; size < 20; size += 1) {
    const bytes = new TextEncoder().encode(text);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
        controller.close();
      },
    });
    assert.deepEqual(await Array.fromAsync(readEvents(body)), [
      { event: 'a', id: '1', data: 'ü\ntwo' },
      { event: 'b', id: undefined, data: 'x' },
    ]);
  }
});
