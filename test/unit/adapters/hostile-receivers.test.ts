import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpsWebhookSender } from '../../../adapters/https-webhook-sender.ts';

const timeoutMs = 300;
/** Of a sender that holds on. Its own drain takes up to a second. */
const patienceMs = 5_000;

async function listen(t: TestContext, behave: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    behave(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Writes the text again and again until the socket is closed. */
function forEver(socket: Socket, text: string, everyMs: number): void {
  const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write(text)), everyMs);
}

const onRequest = (answer: (socket: Socket) => void) => (socket: Socket) =>
  void socket.once('data', () => answer(socket));
const head = 'HTTP/1.1 200 OK\r\n';

const receivers: [
  what: string,
  protocol: 'http' | 'https',
  behave: (socket: Socket) => void,
  kind: string,
][] = [
  ['says nothing', 'http', () => {}, 'timeout'],
  ['does not read', 'http', (socket) => void socket.pause(), 'timeout'],
  ['closes at once', 'http', (socket) => void socket.destroy(), 'unreachable'],
  ['resets the connection', 'http', onRequest((socket) => void socket.resetAndDestroy()), 'unreachable'],
  ['ends without an answer', 'http', onRequest((socket) => void socket.end()), 'unreachable'],
  [
    'switches protocols',
    'http',
    onRequest(
      (socket) => void socket.write('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
    ),
    'answered',
  ],
  [
    'sends a letter of its head now and then',
    'http',
    onRequest((socket) => forEver(socket, 'H', 50)),
    'unreachable',
  ],
  [
    'sends headers without end, slowly',
    'http',
    onRequest((socket) => {
      socket.write(head);
      forEver(socket, 'x-a: b\r\n', 20);
    }),
    'timeout',
  ],
  [
    'sends headers without end, fast',
    'http',
    onRequest((socket) => {
      socket.write(head);
      forEver(socket, `x-a: ${'b'.repeat(4_000)}\r\n`, 1);
    }),
    'unreachable',
  ],
  [
    'announces an answer for ever',
    'http',
    onRequest((socket) => forEver(socket, 'HTTP/1.1 102 Processing\r\n\r\n', 5)),
    'timeout',
  ],
  [
    'sends a body without end, slowly',
    'http',
    onRequest((socket) => {
      socket.write(`${head}\r\n`);
      forEver(socket, 'x', 20);
    }),
    'answered',
  ],
  [
    'sends a body without end, fast',
    'http',
    onRequest((socket) => {
      socket.write(`${head}\r\n`);
      forEver(socket, 'x'.repeat(10_000), 1);
    }),
    'answered',
  ],
  [
    'stops within its chunked body',
    'http',
    onRequest((socket) => void socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\nab`)),
    'answered',
  ],
  ['speaks another protocol', 'http', onRequest((socket) => void socket.end('SSH-2.0-x\r\n')), 'unreachable'],
  ['does not shake hands', 'https', () => {}, 'timeout'],
  [
    'answers a handshake with nonsense',
    'https',
    onRequest((socket) => void socket.end('HTTP/1.1 400 \r\n\r\n')),
    'unreachable',
  ],
];

for (const [what, protocol, behave, kind] of receivers)
  test(`a delivery ends in time at a receiver that ${what}`, async (t) => {
    const port = await listen(t, behave);
    const sender = createHttpsWebhookSender({ timeoutMs, isAddressAllowed: () => true });
    const body = JSON.stringify({ text: 'x'.repeat(100_000) });
    const reply = await Promise.race([
      sender.post(`${protocol}://127.0.0.1:${port}/`, {}, body),
      sleep(patienceMs, { kind: 'held on' }, { ref: false }),
    ]);
    assert.equal(reply.kind, kind, JSON.stringify(reply));
  });

test('a lookup that is never answered ends in time', async () => {
  const sender = createHttpsWebhookSender({ timeoutMs, isAddressAllowed: () => true, resolveAll: () => {} });
  assert.equal((await sender.post('https://silent.example/', {}, '{}')).kind, 'timeout');
});

test('nothing is left of a delivery whose time was over', async (t) => {
  let closed: Promise<unknown> | undefined;
  const port = await listen(t, (socket) => {
    socket.resume();
    closed = once(socket, 'close');
  });
  const sender = createHttpsWebhookSender({ timeoutMs, isAddressAllowed: () => true });
  await sender.post(`http://127.0.0.1:${port}/`, {}, '{}');
  assert.ok(await Promise.race([closed, sleep(patienceMs, undefined, { ref: false })]), 'its socket is open');
});
