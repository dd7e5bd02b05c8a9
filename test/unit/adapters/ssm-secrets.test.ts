import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { SSMClient } from '@aws-sdk/client-ssm';
import { sdkAttempts } from '../../../adapters/retry-policy.ts';
import { createSsmSecrets } from '../../../adapters/ssm-secrets.ts';

const absent = { status: 400, body: { __type: 'ParameterNotFound' } };
const throttled = { status: 400, body: { __type: 'ThrottlingException', message: 'Rate exceeded' } };
const found = (Value: string) => ({ status: 200, body: { Parameter: { Value } } });

/** Secrets of an SSM that answers so, the last answer for good. */
async function setUp(t: TestContext, ...answers: { status: number; body: object }[]) {
  const state = { calls: 0, now: 1_000_000 };
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const { status, body } = answers[Math.min(state.calls, answers.length - 1)] ?? absent;
      state.calls += 1;
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new SSMClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: sdkAttempts.ssm,
  });
  t.after(() => {
    client.destroy();
    server.close();
  });
  return { state, secrets: createSsmSecrets({ client, now: () => state.now }) };
}

test('a secret is read once in five minutes', async (t) => {
  const { state, secrets } = await setUp(t, found('old'), found('new'));
  assert.equal((await secrets.read('/key'))?.value, 'old');
  state.now += 299_999;
  assert.equal((await secrets.read('/key'))?.value, 'old');
  state.now += 1;
  assert.equal((await secrets.read('/key'))?.value, 'new');
  assert.equal(state.calls, 2);
});

test('a parameter that is put after it was missed is found two seconds later', async (t) => {
  const { state, secrets } = await setUp(t, absent, found('put'));
  assert.equal(await secrets.read('/key'), undefined);
  state.now += 1_999;
  assert.equal(await secrets.read('/key'), undefined);
  assert.equal(state.calls, 1, 'each request that is refused for it would ask SSM else');
  state.now += 1;
  assert.equal((await secrets.read('/key'))?.value, 'put');
});

test('a secret is read though SSM refuses several times: a hundred cold starts ask at once', async (t) => {
  const { state, secrets } = await setUp(t, ...Array(5).fill(throttled), found('key'));
  assert.equal((await secrets.read('/key'))?.value, 'key');
  assert.equal(state.calls, 6);
});
