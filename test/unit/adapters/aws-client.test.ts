import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { clientSettings, lighten } from '../../../adapters/aws-client.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

type Middleware = Parameters<DynamoDBClient['middlewareStack']['addRelativeTo']>[0];
interface Sent {
  input: never;
  request: { headers: Record<string, string> };
}

/** What arrives of one request that each client sends at the same second. */
async function sendBy(...makeClients: ((config: object) => DynamoDBClient)[]) {
  const requests: IncomingMessage['headers'][] = [];
  const server = createServer((request, response) => {
    requests.push(request.headers);
    request.resume().on('end', () => response.end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    for (const makeClient of makeClients) {
      const client = makeClient({ endpoint, region: 'eu-west-1', credentials, maxAttempts: 1 });
      const sendTheSame = (next: (args: Sent) => unknown) => (args: Sent) => {
        args.request.headers['amz-sdk-invocation-id'] = 'random';
        return next(args);
      };
      client.middlewareStack.addRelativeTo(sendTheSame as unknown as Middleware, {
        name: 'sendTheSame',
        relation: 'before',
        toMiddleware: 'httpSigningMiddleware',
      });
      await client.send(new GetItemCommand({ TableName: 'tasks', Key: { pk: { S: 'é' } } }));
      client.destroy();
    }
  } finally {
    server.close();
  }
  return requests;
}

test('a lightened client signs as the plain one does', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-11-26T12:00:00Z') });
  const [plain, light] = await sendBy(
    (config) => new DynamoDBClient(config),
    (config) => lighten(new DynamoDBClient({ ...config, ...clientSettings(1) })),
  );
  assert.match(plain?.authorization ?? '', /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20261126\/eu-west-1/);
  assert.deepEqual(light, plain);
});

test('the signer of a client is made once, and anew after it could not be made', async () => {
  const client = new DynamoDBClient({ region: 'eu-west-1', credentials, ...clientSettings(1) });
  const make = client.config.signer;
  let made = 0;
  client.config.signer = async (scheme) => {
    made += 1;
    if (made === 1) throw new Error('no region');
    return make(scheme);
  };
  const { config } = lighten(client);
  await assert.rejects(async () => config.signer(), /no region/);
  const first = await config.signer();
  assert.equal(await config.signer(), first);
  assert.equal(made, 2);
});
