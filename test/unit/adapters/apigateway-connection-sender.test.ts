import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';
import { createApiGatewayConnections } from '../../../adapters/apigateway-connection-sender.ts';

process.env.AWS_REGION = 'us-east-1';
process.env.AWS_ACCESS_KEY_ID = 'test';
process.env.AWS_SECRET_ACCESS_KEY = 'test';

async function startApi(t: TestContext, handler: RequestListener) {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return createApiGatewayConnections(`http://127.0.0.1:${(server.address() as AddressInfo).port}/ws`);
}

test('a frame is posted to its connection', async (t) => {
  const seen: string[] = [];
  const sender = await startApi(t, async (request, response) => {
    seen.push(`${request.method} ${request.url} ${(await request.toArray()).join('')}`);
    response.end();
  });
  assert.equal(await sender.send('abc=', '{"ü":1}'), 'sent');
  assert.equal(await sender.close('abc='), true);
  assert.deepEqual(seen, ['POST /ws/@connections/abc%3D {"ü":1}', 'DELETE /ws/@connections/abc%3D ']);
});

test('410 means that the connection is gone, 429 that it is well, every other refusal is a failure', async (t) => {
  let status = 410;
  let error = {};
  let requests = 0;
  const sender = await startApi(t, (_request, response) => {
    requests += 1;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(error));
  });
  assert.equal(await sender.send('a', '{}'), 'gone');
  assert.equal(await sender.close('a'), true, 'there is nothing to close');
  for (status of [403, 413, 500]) {
    assert.equal(await sender.send('a', '{}'), 'failed', String(status));
    assert.equal(await sender.close('a'), false, String(status));
  }
  status = 429;
  for (error of [{}, { __type: 'LimitExceededException' }, { __type: 'TooManyRequestsException' }]) {
    requests = 0;
    assert.equal(await sender.send('a', '{}'), 'throttled');
    assert.equal(requests, 1, 'who sends decides whether it is sent again');
    assert.equal(await sender.close('a'), false, 'it is still open');
  }
});

test('a send that hangs is given up, and what cannot be closed in time counts as open', async (t) => {
  const sender = await startApi(t, () => undefined);
  assert.equal(await sender.send('a', '{}'), 'hung');
  assert.equal(await sender.close('a'), false);
});
