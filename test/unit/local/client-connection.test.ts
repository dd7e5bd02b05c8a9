import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { leftSignal } from '../../../local/client-connection.ts';

/** Calls a server that answers so, and gives its signal when the connection is closed. */
async function call(t: TestContext, answer: (response: ServerResponse) => void, leaves: boolean) {
  const server = createServer();
  t.after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const asked = once(server, 'request');
  const client = new AbortController();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fetched = fetch(url, { signal: client.signal, headers: { connection: 'close' } });
  const [, response] = (await asked) as [unknown, ServerResponse];
  const signal = leftSignal(response);
  const closed = once(response, 'close');
  answer(response);
  const { body } = await fetched;
  if (leaves) client.abort();
  else for await (const _chunk of body ?? []);
  await closed;
  return signal;
}

test('a client that closes its connection before the end has left, and one that has read all has not', async (t) => {
  assert.equal((await call(t, (response) => void response.write('a'), true)).aborted, true);
  assert.equal((await call(t, (response) => void response.end('a'), false)).aborted, false);
});
