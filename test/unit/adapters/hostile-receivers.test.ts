import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpsWebhookSender } from '../../../adapters/https-webhook-sender.ts';
import { hostileReceivers } from '../../fakes/hostile-receivers.ts';

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

for (const { what, protocol, behave, reply: kind } of hostileReceivers)
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
