import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { startHost } from '../../../local/start-host.ts';
import {
  clientsOf,
  type HostAddress,
  startFixture,
  synthesizeFixture,
  temporaryDirectory,
  until,
} from './start-fixture.ts';

describe('the local host and its data', () => {
  let assembly: string;
  const children: ChildProcess[] = [];
  before(async () => {
    assembly = await synthesizeFixture();
  });
  after(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  async function startProcess(dataDir: string) {
    const script = join(import.meta.dirname, 'run-host.ts');
    const child = spawn(process.execPath, [script, assembly, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const [line] = await once(child.stdout, 'data');
    const address: HostAddress = JSON.parse(String(line));
    const kill = async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    };
    return { ...clientsOf(address), kill };
  }

  it('loses no item, message or object to a kill -9, and shows at once what was in flight', async () => {
    const dataDir = temporaryDirectory();
    const first = await startProcess(dataDir);
    await first.call('store', { key: 'kept', body: 'object' });
    const writes = Array.from({ length: 50 }, async (_, n) => {
      const Item = { pk: { S: `kept-${n}` }, sk: { S: 'x' } };
      await first.dynamodb.send(new PutItemCommand({ TableName: 'fixture-items', Item }));
      await first.send('plain', n);
    });
    await Promise.all(writes);
    const QueueUrl = first.queueUrl('plain');
    await first.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    await first.send('work', { id: 'cut-off', sleepMs: 1900 });
    await until(() => first.item('w#cut-off', 'runs'), 'the run to begin');
    await first.kill();

    const second = await startProcess(dataDir);
    assert.equal((await second.call('load', 'kept')).body, 'object');
    for (let n = 0; n < 50; n += 1) assert.ok(await second.item(`kept-${n}`, 'x'));
    const bodies = await second.receive('plain', 50);
    assert.deepEqual(new Set(bodies), new Set(Array.from({ length: 50 }, (_, n) => String(n))));
    await until(async () => (await second.item('w#cut-off', 'runs'))?.runs?.N === '2', 'the second run');
    await second.kill();
  });

  it('delivers a change whose write was accepted, though the host died before the function ran', async () => {
    const dataDir = temporaryDirectory();
    const first = await startProcess(dataDir);
    const Key = { pk: { S: 'survivor' }, sk: { S: 'streamed' } };
    const UpdateExpression = 'ADD n :one';
    const ExpressionAttributeValues = { ':one': { N: '1' } };
    const update = () =>
      first.dynamodb.send(
        new UpdateItemCommand({
          TableName: 'fixture-items',
          Key,
          UpdateExpression,
          ExpressionAttributeValues,
        }),
      );
    // The function's cold start takes longer than these writes.
    for (let n = 0; n < 3; n += 1) await update();
    await first.kill();
    const second = await startProcess(dataDir);
    const seen = new Set<string>();
    while (seen.size < 3) {
      // One receive may find several, and hides them all.
      const bodies = await second.receive('plain', 1);
      for (const body of bodies) seen.add(JSON.parse(body).dynamodb.NewImage.n.N);
    }
    await second.kill();
  });

  it('says so when another host has the data directory, and when the port is taken', async () => {
    const one = await startFixture(assembly);
    try {
      const dataDir = temporaryDirectory();
      const other = await startFixture(assembly, { dataDir });
      const options = { assemblyDir: assembly, dataDir, port: 0, quiet: true };
      await assert.rejects(startHost(options), /Another local host is using .*LLM_DATA_DIR/);
      await other.close();
    } finally {
      await one.close();
    }
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const options = { assemblyDir: assembly, dataDir: temporaryDirectory(), port, quiet: true };
    await assert.rejects(startHost(options), new RegExp(`Port ${port} is taken.*LLM_PORT`));
    server.close();
  });
});
