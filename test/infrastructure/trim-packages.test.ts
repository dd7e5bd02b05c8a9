// What is left out of packages is not missed by who uses the rest.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { bundleFiles } from '../../lib/bundle-functions.ts';

const root = join(import.meta.dirname, '..', '..');
const work = mkdtempSync(join(tmpdir(), 'llm-service-test-'));
after(() => rmSync(work, { recursive: true }));

test('an error of AWS that no source names is the client’s base exception of its name, a named one its class', async (t) => {
  const answers = [
    [400, { __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', message: 'No such table' }],
    [
      400,
      { __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException', message: 'Slow' },
    ],
    [200, { Item: { pk: { S: 'key' }, count: { N: '7' } } }],
  ] as const;
  let calls = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const [status, body] = answers[calls++] ?? [500, {}];
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  const file = join(import.meta.dirname, 'bundled', 'read-item.ts');
  const options = { constants: {}, output: work, together: false };
  await bundleFiles(root, new Map([['read-item', file]]), options);
  const { handler } = await import(join(work, 'read-item', 'index.mjs'));
  const ask = () => handler(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const fault = { fault: 'client', status: 400 };
  assert.deepEqual(await ask(), {
    ...fault,
    name: 'ResourceNotFoundException',
    message: 'No such table',
    isNamed: false,
  });
  assert.deepEqual(await ask(), {
    ...fault,
    name: 'ProvisionedThroughputExceededException',
    message: 'Slow',
    isNamed: true,
  });
  assert.deepEqual(await ask(), { item: { pk: { S: 'key' }, count: { N: '7' } } });
});

test('a package that has changed, so that it is not known what to leave out, fails the build', async () => {
  const client = join(work, 'node_modules/@aws-sdk/client-strange');
  mkdirSync(join(client, 'dist-es/schemas'), { recursive: true });
  writeFileSync(join(client, 'package.json'), JSON.stringify({ main: 'dist-es/schemas/schemas_0.js' }));
  writeFileSync(join(client, 'dist-es/schemas/schemas_0.js'), 'export const schemas = new Map();\n');
  const file = join(work, 'strange.ts');
  writeFileSync(file, "export { schemas } from '@aws-sdk/client-strange';\n");
  const options = { constants: {}, output: join(work, 'out'), together: false };
  await assert.rejects(bundleFiles(root, new Map([['strange', file]]), options), /schemas_0\.js has changed/);
});
