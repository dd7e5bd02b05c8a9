import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createRawServer, type Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { createHttpsWebhookSender, type ResolveAll } from '../../../adapters/https-webhook-sender.ts';
import { isAddressAllowed } from '../../../core/webhooks/check-callback-url.ts';

const strict = { allowHttp: true, allowPrivate: false };
const everywhere = { ...strict, isAddressAllowed: () => true, timeoutMs: 5_000 };
const publicOnly = (address: string) => isAddressAllowed(address, strict);

async function listen(t: TestContext, handler: RequestListener) {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A name server that answers the next list each time, and the last one from then on. */
function scripted(...answers: string[][]) {
  const asked: string[] = [];
  const resolveAll: ResolveAll = (hostname, done) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(hostname);
    const found: LookupAddress[] = addresses.map((address) => ({
      address,
      family: address.includes(':') ? 6 : 4,
    }));
    setImmediate(done, null, found);
  };
  return { asked, resolveAll };
}

test('a POST carries body and headers, and answers the status', async (t) => {
  const seen: { method?: string | undefined; body: string; id: unknown; host: unknown }[] = [];
  const port = await listen(t, async (request, response) => {
    const body = (await request.toArray()).join('');
    seen.push({
      method: request.method,
      body,
      id: request.headers['webhook-id'],
      host: request.headers.host,
    });
    response.writeHead(204).end();
  });
  const sender = createHttpsWebhookSender({ ...everywhere, resolveAll: scripted(['127.0.0.1']).resolveAll });
  const reply = await sender.post(`http://hook.example:${port}/a?b=1`, { 'webhook-id': 'evt_1' }, '{"ü":1}');
  assert.deepEqual(reply, { kind: 'answered', status: 204 });
  assert.deepEqual(seen, [{ method: 'POST', body: '{"ü":1}', id: 'evt_1', host: `hook.example:${port}` }]);
});

test('a redirect is an answer like any other, and is not followed', async (t) => {
  let requests = 0;
  const port = await listen(t, (_request, response) => {
    requests += 1;
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  const reply = await createHttpsWebhookSender(everywhere).post(`http://127.0.0.1:${port}/`, {}, '{}');
  assert.deepEqual(reply, { kind: 'answered', status: 302 });
  assert.equal(requests, 1);
});

test('a name that changes from a public address to loopback never leads to loopback', async (t) => {
  let requests = 0;
  const port = await listen(t, (_request, response) => {
    requests += 1;
    response.end();
  });
  // 192.0.2.1 stands for the public address (nothing listens there): the check is told that it is one.
  const name = scripted(['192.0.2.1'], ['127.0.0.1']);
  const sender = createHttpsWebhookSender({
    timeoutMs: 300,
    isAddressAllowed: (address) => address === '192.0.2.1' || publicOnly(address),
    resolveAll: name.resolveAll,
  });
  const first = await sender.post(`http://rebind.example:${port}/`, {}, '{}');
  assert.notEqual(first.kind, 'answered', 'the connection went to the address that was checked');
  assert.equal(name.asked.length, 1, 'one lookup a try: there is no second answer to be fooled by');
  const second = await sender.post(`http://rebind.example:${port}/`, {}, '{}');
  assert.equal(second.kind, 'forbidden');
  assert.equal(requests, 0);
});

test('one forbidden address among public ones refuses the name', async () => {
  for (const addresses of [
    ['8.8.8.8', '127.0.0.1'],
    ['2606:4700::1', '::ffff:10.0.0.1'],
    ['169.254.169.254'],
  ]) {
    const { resolveAll } = scripted(addresses);
    const sender = createHttpsWebhookSender({ timeoutMs: 1_000, isAddressAllowed: publicOnly, resolveAll });
    assert.equal((await sender.post('https://mixed.example/', {}, '{}')).kind, 'forbidden');
  }
});

test('a name without addresses and a refused connection are unreachable', async () => {
  const nowhere = createHttpsWebhookSender({ ...everywhere, resolveAll: scripted([]).resolveAll });
  assert.equal((await nowhere.post('http://none.example/', {}, '{}')).kind, 'unreachable');
  const closed = await createHttpsWebhookSender(everywhere).post('http://127.0.0.1:1/', {}, '{}');
  assert.deepEqual(closed, { kind: 'unreachable', reason: 'ECONNREFUSED' });
});

test('a receiver that does not answer in time is given up', async (t) => {
  const port = await listen(t, () => undefined);
  const sender = createHttpsWebhookSender({ ...everywhere, timeoutMs: 100 });
  assert.equal((await sender.post(`http://127.0.0.1:${port}/`, {}, '{}')).kind, 'timeout');
});

test('an endless answer is cut and its status counts', async (t) => {
  const port = await listen(t, (_request, response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(16 * 1024);
    const write = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', write);
    write();
  });
  const reply = await createHttpsWebhookSender(everywhere).post(`http://127.0.0.1:${port}/`, {}, '{}');
  assert.deepEqual(reply, { kind: 'answered', status: 200 });
});

const chunked = 'transfer-encoding: chunked\r\n\r\n';
const afterStatus: [what: string, status: number, receive: (socket: Socket) => unknown][] = [
  [
    'a reset',
    200,
    (socket) => socket.write(`HTTP/1.1 200 OK\r\n${chunked}2\r\nok\r\n`, () => socket.resetAndDestroy()),
  ],
  ['a bad chunk', 200, (socket) => socket.write(`HTTP/1.1 200 OK\r\n${chunked}zz\r\nok\r\n`)],
  [
    'a bad chunk at once with the status of a 410',
    410,
    (socket) => socket.end(`HTTP/1.1 410 Gone\r\n${chunked}-1\r\n`),
  ],
  [
    'a body that is cut short',
    202,
    (socket) => socket.end('HTTP/1.1 202 Accepted\r\ncontent-length: 100\r\n\r\nshort'),
  ],
  ['more than its length', 204, (socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\nmore\r\n\r\n')],
  ['a body that never comes', 200, (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n')],
];

for (const [what, status, receive] of afterStatus)
  test(`the status is the answer, whatever follows it: ${what}`, async (t) => {
    const server = createRawServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => receive(socket));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const reply = await createHttpsWebhookSender(everywhere).post(`http://127.0.0.1:${port}/`, {}, '{}');
    assert.deepEqual(reply, { kind: 'answered', status });
  });
