import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDynamoLastWill } from '../../../adapters/dynamo-last-will.ts';
import { createDynamoTable } from '../../../adapters/dynamo-table.ts';
import type { SignedRequest } from '../../../adapters/signing-dynamo-client.ts';
import { leaseMs, now, recordOf, result, useTaskRows } from './use-task-rows.ts';

const { open, create, claim, claimAs, read, endpoint } = useTaskRows();

function setUp() {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: endpoint(),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  const entrusted = new Map<string, SignedRequest | undefined>();
  const lastWill = createDynamoLastWill({
    watchdog: { entrust: (name, request) => void entrusted.set(name, request) },
    openStore: (client) => open({ table: createDynamoTable({ client, tableName: 'state' }) }),
    clock: () => now + 10,
  });
  const send = async () => {
    const [request] = entrusted.values();
    assert.ok(request);
    const { url, method, headers, body } = request;
    return (await fetch(url, { method, headers, body })).status;
  };
  return { lastWill, entrusted, send };
}

test('a task whose worker hangs is failed by what was laid down before, and is not run again', async () => {
  const { lastWill, send } = setUp();
  const task = await claim(await create());
  await lastWill.set(task, now + 1, 'requests');
  assert.equal((await read(task)).status, 'processing', 'nothing is done before');
  assert.equal(await send(), 200);
  const { status, error, timeline } = await read(task);
  assert.deepEqual([status, error?.code], ['failed', 'internal']);
  const [{ attempt, waitedFor, outcome, startedAt } = {}] = timeline;
  assert.deepEqual([attempt, waitedFor, outcome, startedAt], [1, 'requests', 'interrupted', now + 1]);
  assert.deepEqual(await claimAs('next', task, now + leaseMs + 1), { kind: 'final' });
});

test('it changes nothing when the attempt was settled, or is another', async () => {
  const { lastWill, send } = setUp();
  const done = await claim(await create());
  await lastWill.set(done, now, null);
  await open().complete(done, result, recordOf(done, now + 5));
  assert.equal(await send(), 400);
  assert.equal((await read(done)).status, 'completed');

  const again = setUp();
  const first = await claim(await create());
  await again.lastWill.set(first, now, null);
  await claim(first, now + leaseMs + 1);
  assert.equal(await again.send(), 400);
  assert.equal((await read(first)).status, 'processing');
});

test('it is taken back, also while it is being signed', async () => {
  const { lastWill, entrusted } = setUp();
  const task = await claim(await create());
  void lastWill.set(task, now, null);
  lastWill.clear(task);
  await lastWill.set(await claim(await create()), now, null);
  assert.deepEqual(
    [...entrusted.values()].map((request) => request !== undefined),
    [false, true],
  );
});
