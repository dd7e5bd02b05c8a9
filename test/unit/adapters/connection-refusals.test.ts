import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { refusesConnections } from '../../../adapters/connection-refusals.ts';

async function listen(host: string) {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, close: () => new Promise((resolve) => server.close(resolve)) };
}

test('tells a port on which nobody listens from one on which somebody does', async () => {
  const { port, close } = await listen('127.0.0.1');
  assert.equal(await refusesConnections(`http://127.0.0.1:${port}/v1`), false);
  await close();
  assert.equal(await refusesConnections(`http://127.0.0.1:${port}/v1`), true);
  // Both addresses of a name are tried.
  assert.equal(await refusesConnections(`http://localhost:${port}/v1`), true);
});

test('reads an IPv6 address', async (t) => {
  const server = await listen('::1').catch(() => undefined);
  if (!server) return t.skip('this machine has no IPv6');
  assert.equal(await refusesConnections(`http://[::1]:${server.port}`), false);
  await server.close();
  assert.equal(await refusesConnections(`http://[::1]:${server.port}`), true);
});

test('an unknown name, and an address that is none of the network, is left to a call', async () => {
  assert.equal(await refusesConnections('http://no-such-host.invalid:1'), false);
  assert.equal(await refusesConnections('simulated:?error_rate=1'), false);
});
