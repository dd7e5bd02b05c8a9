import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Client, slowTask } from '../../e2e/client.ts';
import { type EventSocket, openSocket } from '../../e2e/event-socket.ts';
import {
  bytesOf,
  callWith,
  type DocumentedOperation,
  formType,
  type Known,
  readOperations,
} from './each-operation.ts';
import { startTenants, type Tenants } from './start-tenants.ts';

// One tenant knows everything of another that can be known but its token, and tries it at every route of the document, at
// every message of the WebSocket, and by equal work.

const canary = 'canary-of-the-victim';
const latencyMs = 400;
const all = ['submit', 'read', 'operate'] as const;

let tenants: Tenants;
let victim: Client & { token: string };
let hostile: Client & { token: string };
let operations: DocumentedOperation[];
let known: Known;
let sockets: Record<'victim' | 'hostile' | 'withTicket', EventSocket>;
/** Tasks of the victim that wait for a slot, so that they could be changed. */
let waiting: string[];
const onBus: { tenant: string; task_id: string }[] = [];

/** Equal to the victim's, so that it would be a hit if the cache were shared. */
const cachedTask = {
  type: 'translation',
  data: { text: `${canary} says hello`, target_language: 'de' },
  metadata: { order: canary },
};
const ownTask = { type: 'translation', data: { text: 'mine', target_language: 'de' } };
const chat = { model: 'auto', messages: [{ role: 'user', content: canary }], temperature: 0 };

before(async () => {
  tenants = await startTenants({
    LLM_CONCURRENCY_SIMULATED: '4',
    // The victim's wait behind each other, and in the way of no one else.
    LLM_TYPE_LIMITS: 'custom=1',
    SIMULATED_BASE_URL: `simulated://default?latency_ms=${latencyMs}&tokens_per_second=400`,
  });
  const { host } = tenants.service;
  host.observeRequests(({ service, input, answer }) => {
    if (service === 'events' && answer)
      onBus.push(...input.Entries.map(({ Detail }: { Detail: string }) => JSON.parse(Detail)));
  });
  [victim, hostile] = await Promise.all([tenants.enter('victim', ...all), tenants.enter('hostile', ...all)]);
  operations = await readOperations(hostile);
  const { json } = await hostile.call('POST', '/api/v1/ws-tickets');
  sockets = {
    victim: await openSocket(host.wsUrl, victim.token),
    hostile: await openSocket(host.wsUrl, hostile.token),
    withTicket: await openSocket(`${host.wsUrl}?ticket=${json.ticket}`),
  };
  known = await workOf(victim);
});
after(async () => {
  for (const socket of Object.values(sockets ?? {})) socket.close();
  await tenants?.service.stop();
});

/** What the victim has, of every kind. */
async function workOf({ call, submit, waitFor }: Client): Promise<Known> {
  const idempotencyKey = `key-${canary}`;
  const headers = { 'Idempotency-Key': idempotencyKey };
  const submitted = await call('POST', '/api/v1/tasks', { body: cachedTask, headers });
  assert.equal(submitted.status, 202, submitted.text);
  const { task_id } = submitted.json;
  const tasks = [1, 2].map((id) => ({
    type: 'translation',
    data: { text: `${canary} ${id}`, target_language: 'de' },
    metadata: { id: canary },
  }));
  const batch = await call('POST', '/api/v1/tasks/batch', { body: { tasks }, headers });
  assert.equal(batch.status, 202, batch.text);
  await waitFor(task_id);
  const stream = await call('POST', '/api/v1/process/stream', { body: tasks[0], headers: {} });
  const [lastEventId = ''] = /task_[\w-]+:\d+/.exec(stream.text) ?? [];
  await call('POST', '/v1/chat/completions', { body: chat, headers: { 'x-stainless-retry-count': '0' } });
  const asked = await call('POST', '/v1/responses', { body: { model: 'auto', input: canary } });
  assert.equal(asked.status, 200, asked.text);
  const file = await call('POST', '/v1/files', {
    raw: await bytesOf(fileForm()),
    headers: { 'content-type': formType },
  });
  assert.equal(file.status, 200, file.text);
  const lines = { input_file_id: file.json.id, endpoint: '/v1/chat/completions', completion_window: '24h' };
  const lineBatch = await call('POST', '/v1/batches', { body: lines });
  assert.equal(lineBatch.status, 200, lineBatch.text);
  const wanted = { filename: 'lines.jsonl', purpose: 'batch', bytes: 10, mime_type: 'application/jsonl' };
  const upload = await call('POST', '/v1/uploads', { body: wanted });
  assert.equal(upload.status, 200, upload.text);
  const slow = [];
  for (let count = 0; count < 12; count += 1) slow.push(await submit(slowTask));
  waiting = slow.slice(-2);
  const { json } = await call('GET', '/api/v1/tasks?limit=1');
  assert.ok(json.next_cursor && lastEventId);
  return {
    task_id,
    batch_id: batch.json.batch_id,
    response_id: asked.json.id,
    file_id: file.json.id,
    upload_id: upload.json.id,
    openai_batch_id: lineBatch.json.id,
    cursor: json.next_cursor,
    idempotencyKey,
    lastEventId,
    bodies: {
      'submit-task': cachedTask,
      'submit-batch': { tasks },
      'process-sync': cachedTask,
      'process-stream': tasks[0],
      'reprioritize-task': { priority: 'high' },
      'create-chat-completion': chat,
      'create-response': { model: 'auto', input: canary },
      'create-batch': lines,
      'create-upload': wanted,
      'complete-upload': { part_ids: ['part_1'] },
      'create-embeddings': { model: 'auto', input: canary },
    },
    forms: { 'create-file': fileForm(), 'add-upload-part': partForm() },
  };
}

function fileForm(): FormData {
  const line = { custom_id: '1', method: 'POST', url: '/v1/chat/completions', body: chat };
  const form = new FormData();
  form.set('purpose', 'batch');
  form.set('file', new Blob([`${JSON.stringify(line)}\n`]), 'lines.jsonl');
  return form;
}

function partForm(): FormData {
  const form = new FormData();
  form.set('data', new Blob(['0123456789']), 'part');
  return form;
}

/** An id of the same form that nobody has. */
const nobodys = (id: string) => id.slice(0, -4) + (id.endsWith('0000') ? '1111' : '0000');

/** The same, of nobody. */
function unknown(): Known {
  const { bodies, file_id } = known;
  return {
    ...known,
    task_id: nobodys(known.task_id),
    batch_id: nobodys(known.batch_id),
    response_id: nobodys(known.response_id),
    file_id: nobodys(file_id),
    upload_id: nobodys(known.upload_id),
    openai_batch_id: nobodys(known.openai_batch_id),
    bodies: {
      ...bodies,
      'create-batch': { ...(bodies['create-batch'] as object), input_file_id: nobodys(file_id) },
    },
  };
}

/** What each operation says to one tenant of another. A new route needs a line here. */
const expected: Record<string, 'as of none' | 'its own' | 'of the service' | 'makes its own'> = {
  'get-task': 'as of none',
  'cancel-task': 'as of none',
  'reprioritize-task': 'as of none',
  'list-deliveries': 'as of none',
  'get-batch': 'as of none',
  'list-batch-deliveries': 'as of none',
  'get-response': 'as of none',
  'delete-response': 'as of none',
  'cancel-response': 'as of none',
  'list-input-items': 'as of none',
  'get-file': 'as of none',
  'delete-file': 'as of none',
  'get-file-content': 'as of none',
  'add-upload-part': 'as of none',
  'complete-upload': 'as of none',
  'cancel-upload': 'as of none',
  'create-batch': 'as of none',
  'get-openai-batch': 'as of none',
  'cancel-batch': 'as of none',
  'list-files': 'its own',
  'list-batches': 'its own',
  'create-file': 'makes its own',
  'create-upload': 'makes its own',
  'list-tasks': 'its own',
  'get-stats': 'its own',
  'create-ws-ticket': 'its own',
  'submit-task': 'makes its own',
  'submit-batch': 'makes its own',
  'process-sync': 'makes its own',
  'process-stream': 'makes its own',
  'create-chat-completion': 'makes its own',
  'create-response': 'makes its own',
  'create-embeddings': 'makes its own',
  'list-models': 'of the service',
  'get-model': 'of the service',
  'list-providers': 'of the service',
  'list-provider-statuses': 'of the service',
  'get-provider-status': 'of the service',
  'get-metrics': 'of the service',
};

const of = (kind: string) => operations.filter(({ id, scope }) => scope && expected[id] === kind);
const idsOf = (text: string) =>
  new Set(text.match(/(?:task_|batch_|resp_|file-|upload_)[0-9a-zA-Z-]{24,36}/g) ?? []);

test('this suite says of every operation of the document what another tenant is to see', () => {
  const asked = operations.filter(({ scope }) => scope !== undefined).map(({ id }) => id);
  assert.deepEqual(asked.toSorted(), Object.keys(expected).toSorted());
});

test('every operation refuses who has no token, and who has every scope but its own, which it names', async () => {
  const without = new Map(
    await Promise.all(
      all.map(async (scope) => {
        const others = all.filter((each) => each !== scope);
        return [scope as string, await tenants.enter('other', ...others)] as const;
      }),
    ),
  );
  for (const operation of operations.filter(({ scope }) => scope)) {
    const nobody = await callWith(known, hostile, operation, { token: null });
    assert.equal(nobody.status, 401, operation.id);
    const lacking = without.get(operation.scope ?? '') as Client;
    const { status, text, headers } = await callWith(known, lacking, operation);
    assert.equal(status, 403, `${operation.id} ${text}`);
    assert.match(text, new RegExp(`lacks the scope ${operation.scope}`), operation.id);
    assert.match(headers.get('www-authenticate') ?? '', /insufficient_scope/, operation.id);
  }
});

/** An answer without what differs between any two. */
function bare({ status, text }: Answer, ids: Known): string {
  const named = Object.entries(ids).flatMap(([name, id]) => (name.endsWith('_id') ? [String(id)] : []));
  const alike = named.reduce((all, id) => all.replaceAll(id, 'ID'), text);
  return `${status} ${alike.replace(/"request_id":"[^"]*"/, '')}`;
}

test('what is another’s is answered as what is not there', async () => {
  for (const operation of of('as of none')) {
    const none = unknown();
    const [theirs, nobodysAnswer] = [
      await callWith(known, hostile, operation),
      await callWith(none, hostile, operation),
    ];
    assert.ok(theirs.status === 404 || operation.id === 'create-batch', `${operation.id} ${theirs.status}`);
    assert.ok(theirs.status >= 400 && theirs.status < 500, `${operation.id} ${theirs.status}`);
    assert.equal(bare(theirs, known), bare(nobodysAnswer, none), operation.id);
    // Those that wait could be changed.
    for (const task_id of operation.path.includes('{task_id}') ? waiting : [])
      assert.equal((await callWith({ ...known, task_id }, hostile, operation)).status, 404, operation.id);
  }
  for (const id of waiting) {
    const task = await victim.get(id);
    assert.deepEqual([task.status, task.priority], ['queued', 'normal']);
  }
});

test('lists and totals are the tenant’s own, whatever filter and cursor are given', async () => {
  const mine = await hostile.submit(ownTask);
  const theirIds = idsOf((await victim.call('GET', '/api/v1/tasks?limit=100')).text);
  assert.ok(theirIds.size >= 8);
  for (const query of [
    '',
    `?batch_id=${known.batch_id}`,
    '?status=completed',
    '?type=translation&limit=100',
  ]) {
    const { status, text } = await hostile.call('GET', `/api/v1/tasks${query}`);
    assert.equal(status, 200, query);
    assert.ok(!text.includes(canary), query);
    for (const id of idsOf(text)) assert.ok(!theirIds.has(id), query);
  }
  const theirs = [known.file_id, known.openai_batch_id, known.upload_id];
  for (const operation of of('its own')) {
    const { status, text } = await callWith(known, hostile, operation);
    assert.ok(status < 300, `${operation.id} ${text}`);
    for (const id of [...theirIds, ...theirs]) assert.ok(!text.includes(id), operation.id);
  }
  for (const path of ['/v1/files', '/v1/batches']) {
    const { status } = await hostile.call(
      'GET',
      `${path}?after=${path === '/v1/files' ? theirs[0] : theirs[1]}`,
    );
    const none = await hostile.call(
      'GET',
      `${path}?after=${nobodys((path === '/v1/files' ? theirs[0] : theirs[1]) ?? '')}`,
    );
    assert.equal(status, none.status, path);
  }
  const byCursor = await hostile.call('GET', `/api/v1/tasks?cursor=${known.cursor}`);
  assert.deepEqual([byCursor.status, byCursor.json.errors[0].pointer], [400, '/cursor']);
  await hostile.waitFor(mine);
  const { tasks } = (await hostile.call('GET', '/api/v1/stats')).json;
  const sum = Object.values<number>(tasks).reduce((total, each) => total + each, 0);
  assert.ok(sum <= 1, `${sum} tasks are counted of one`);
});

test('equal work, under the same key, is the tenant’s own and no hit of the cache', async () => {
  const theirs = idsOf((await victim.call('GET', '/api/v1/tasks?limit=100')).text);
  for (const operation of of('makes its own')) {
    const headers = { 'Last-Event-ID': '' };
    // Anew for each, since what it did itself would be a hit.
    const other = await tenants.enter(`hostile-${operation.id}`, ...all);
    const startedAt = performance.now();
    const answer = await callWith(known, other, operation, { headers });
    const tookMs = performance.now() - startedAt;
    assert.ok(answer.status < 300, `${operation.id} ${answer.status} ${answer.text}`);
    const told = answer.text + JSON.stringify([...answer.headers]);
    for (const id of idsOf(told)) assert.ok(!theirs.has(id), `${operation.id} ${id}`);
    assert.doesNotMatch(told, /"cached": ?true/, operation.id);
    // A hit would be told at once: nobody learns from the time that another asked the same.
    const waits = /process|create-(chat|embed|resp)/.test(operation.id);
    if (waits) assert.ok(tookMs >= latencyMs, `${operation.id} took ${Math.round(tookMs)} ms`);
    if (operation.id !== 'submit-task') continue;
    assert.equal(answer.json.status, 'queued');
    const task = await other.waitFor(answer.json.task_id);
    assert.deepEqual([task.result?.cached, task.attempts], [false, 1]);
    // The victim has its own again, by key and by cache.
    const again = await callWith(known, victim, operation, { headers });
    assert.equal(again.json.task_id, known.task_id);
    const hit = await victim.submit(cachedTask);
    assert.equal((await victim.get(hit)).result?.cached, true);
  }
  // The key is another's with another body, and nobody is told that it was used.
  const elsewhere = { ...cachedTask, data: { text: 'something else', target_language: 'fr' } };
  const reused = await tenants.enter('third', 'submit');
  const { status } = await reused.call('POST', '/api/v1/tasks', {
    body: elsewhere,
    headers: { 'Idempotency-Key': known.idempotencyKey },
  });
  assert.equal(status, 202);
});

test('a stream of another’s task is not gone on with', async () => {
  const headers = { 'Last-Event-ID': known.lastEventId };
  const theirs = await hostile.call('POST', '/api/v1/process/stream', { headers });
  assert.equal(theirs.status, 404, theirs.text);
  assert.equal((await victim.call('POST', '/api/v1/process/stream', { headers })).status, 200);
});

test('a conversation of another’s is not gone on with', async () => {
  const ask = (previous_response_id: string) =>
    hostile.call('POST', '/v1/responses', {
      body: { model: 'auto', input: 'And then?', previous_response_id },
    });
  const { response_id } = unknown();
  const [theirs, other] = [await ask(known.response_id), await ask(response_id)];
  assert.ok(theirs.status >= 400 && theirs.status < 500, theirs.text);
  assert.equal(theirs.text.replaceAll(known.response_id, 'ID'), other.text.replaceAll(response_id, 'ID'));
});

test('of the whole service nothing is told that is a tenant’s', async () => {
  const theirs = idsOf((await victim.call('GET', '/api/v1/tasks?limit=100')).text);
  for (const operation of [...of('of the service'), ...operations.filter(({ scope }) => !scope)]) {
    const { status, text } = await callWith(known, hostile, operation, { headers: { 'Last-Event-ID': '' } });
    assert.ok(status < 400, `${operation.id} ${status}`);
    assert.ok(!text.includes(canary) && !text.includes('victim'), operation.id);
    for (const id of idsOf(text)) assert.ok(!theirs.has(id), operation.id);
  }
});

test('no message of a WebSocket brings an event of another', async () => {
  const { victim: own, hostile: other, withTicket } = sockets;
  const named = { task_ids: [known.task_id, ...waiting], batch_ids: [known.batch_id] };
  const since = new Date(0).toISOString();
  for (const socket of [other, withTicket]) {
    const { task_ids, batch_ids } = await ask(socket, { action: 'subscribe', ...named, deltas: true });
    assert.deepEqual([task_ids, batch_ids], [[], []], 'what is not there is not subscribed to');
    const refused = await socket.next('an error', (each) => each.event_type === 'error');
    assert.equal(refused.error.code, 'not_found');
    await ask(socket, { action: 'subscribe', ...named, since });
    await ask(socket, { action: 'unsubscribe', ...named });
    await ask(socket, { action: 'subscribe', since });
    await ask(socket, { action: 'ping' });
  }
  const cancelled = waiting[0] ?? '';
  const fresh = await victim.submit({ ...cachedTask, config: { cache_enabled: false } });
  assert.equal((await victim.call('DELETE', `/api/v1/tasks/${cancelled}`)).status, 200);
  await victim.waitFor(fresh);
  await own.next('its own end', (each) => each.task_id === fresh && each.event_type === 'completed');
  await own.next('its own cancellation', (each) => each.task_id === cancelled && each.status === 'cancelled');
  const mine = await hostile.submit({ ...ownTask, config: { cache_enabled: false } });
  await other.next('an event of its own', (each) => each.task_id === mine && each.event_type === 'completed');
  await sleep(300);
  const theirs = idsOf((await victim.call('GET', '/api/v1/tasks?limit=100')).text);
  for (const frame of [...other.frames, ...withTicket.frames]) {
    // These repeat what they were told.
    if (['error', 'unsubscribed'].includes(frame.event_type)) continue;
    for (const id of idsOf(JSON.stringify(frame))) assert.ok(!theirs.has(id), JSON.stringify(frame));
    assert.notEqual(frame.batch_id, known.batch_id);
  }
});

const answers: Record<string, string> = {
  subscribe: 'subscribed',
  unsubscribe: 'unsubscribed',
  ping: 'pong',
};

/** The answer to a message: the next of its kind. Messages sent at once are not handled in their order. */
function ask(socket: EventSocket, message: { action: string; [member: string]: unknown }) {
  const seen = new Set(socket.frames);
  socket.send(message);
  const type = answers[message.action];
  return socket.next(`${type}`, (each) => each.event_type === type && !seen.has(each));
}

test('an event on the bus says whose it is', async () => {
  const [theirs, mine] = await Promise.all(
    [victim, hostile].map(async ({ call }) => idsOf((await call('GET', '/api/v1/tasks?limit=100')).text)),
  );
  const events = onBus.filter(({ task_id }) => task_id);
  for (const { tenant, task_id } of events)
    if (tenant === 'victim') assert.ok(theirs?.has(task_id) && !mine?.has(task_id));
    else if (tenant === 'hostile') assert.ok(mine?.has(task_id) && !theirs?.has(task_id));
  for (const tenant of ['victim', 'hostile'])
    assert.ok(
      events.some((each) => each.tenant === tenant),
      tenant,
    );
});
