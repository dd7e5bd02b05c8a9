import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ExecutionEnvironment } from '../../../local/lambda/execution-environment.ts';
import { createLog } from '../../../local/log.ts';

const code = `
export const handler = async ({ busySeconds = 0, hangs = false }) => {
  for (const until = Date.now() + busySeconds * 1_000; Date.now() < until; ) await new Promise(setImmediate);
  if (hangs) for (;;);
  return 'done';
};`;

test('an environment whose event loop hangs is ended long before its timeout, a busy one is not', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'hanging-function-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, 'index.mjs'), code);
  const ended: ExecutionEnvironment[] = [];
  const environment = new ExecutionEnvironment(
    {
      name: 'hanging',
      arn: 'arn',
      roleArn: 'arn',
      directory,
      handler: 'index.handler',
      memoryMb: 256,
      timeoutSeconds: 60,
      reservedConcurrency: undefined,
      environment: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
      compileCache: directory,
      givesWay: false,
    },
    createLog({ level: 'silent' }),
    () => {},
    (one) => void ended.push(one),
  );
  t.after(() => environment.crash());
  assert.equal(await environment.ready, undefined);
  const busy = await environment.invoke('{"busySeconds":10}', 'one');
  assert.deepEqual([busy.payload, busy.functionError], ['"done"', undefined]);
  const { functionError, payload } = await environment.invoke('{"hangs":true}', 'two');
  assert.equal(functionError, 'Unhandled');
  assert.equal(JSON.parse(payload).errorType, 'Runtime.ExitError');
  assert.equal(ended.length, 1);
});
