import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { WebSocket } from 'ws';
import type { RequestCounter } from '../../../local/requests/request-counter.ts';
import type { ObservedRequest } from '../../../local/requests/request-observers.ts';
import { type Fixture, startFixture, synthesizeFixture, until } from './start-fixture.ts';

const key = (id: string) => ({ pk: { S: id }, sk: { S: 'x' } });

describe('the local host, counting requests', () => {
  let fixture: Fixture;
  before(async () => {
    fixture = await startFixture(await synthesizeFixture());
  });
  after(() => fixture.close());

  /** Counts of a line as `service operation caller`, the caller by the beginning of its function's id. */
  const counts = (counter: RequestCounter, line: string) =>
    Object.fromEntries(
      counter
        .list()
        .filter((counted) => counted.line === line)
        .map(({ service, operation, caller, count }) => [
          `${service} ${operation} ${/(Api|Worker|Recorder|Scheduled|Socket)/.exec(caller)?.[0] ?? caller}`,
          count,
        ]),
    );

  it('counts a call of a function, its invocation and the request that it answers', async () => {
    const counter = fixture.host.countRequests();
    await fixture.call('put', { ...key('a'), text: { S: 'x' } });
    await fixture.call('put', { ...key('b'), text: { S: 'x' } });
    await fixture.call('store', { key: 'object', body: 'x' });
    counter.stop();
    await fixture.call('put', { ...key('c'), text: { S: 'x' } });
    assert.deepEqual(counts(counter, 'requests'), {
      'execute-api request client': 3,
      'lambda invocation Api': 3,
      'dynamodb PutItem Api': 2,
      's3 PutObject Api': 1,
    });
    assert.equal(counter.total('requests'), 9);
  });

  it('counts a receive and a delete for each batch of a mapping, and no delete where nothing is deleted', async () => {
    const counter = fixture.host.countRequests();
    await fixture.send('work', { id: 'counted' });
    await until(() => fixture.item('w#counted', 'runs'), 'the work');
    await until(async () => (await fixture.depth('work')).hidden === 0, 'its end');
    const once = counts(counter, 'requests');
    assert.equal(once['sqs ReceiveMessage Worker'], 1);
    assert.equal(once['sqs DeleteMessageBatch Worker'], 1);
    assert.equal(once['lambda invocation Worker'], 1);
    counter.reset();
    await fixture.send('work', { id: 'kept', fails: true });
    await until(() => fixture.item('w#kept', 'runs'), 'the work');
    await until(async () => counts(counter, 'requests')['lambda invocation Worker'] === 1, 'its end');
    counter.stop();
    assert.equal(counts(counter, 'requests')['sqs DeleteMessageBatch Worker'], undefined);
  });

  it('keeps empty polls, stream reads, tools and what a schedule invokes apart', async () => {
    const counter = fixture.host.countRequests();
    await fixture.call('receive');
    await fixture.dynamodb.send(new GetItemCommand({ TableName: 'fixture-items', Key: key('a') }));
    const streamed = { pk: { S: 's' }, sk: { S: 'streamed' } };
    await fixture.call('put', streamed);
    await until(async () => counts(counter, 'requests')['sqs SendMessage Recorder'] === 1, 'the record');
    const scheduled = fixture.host.templates
      .ofType('AWS::Lambda::Function')
      .find(({ id }) => id.startsWith('Scheduled'))?.ref;
    await fixture.lambda.send(new InvokeCommand({ FunctionName: scheduled, Payload: '{}' }));
    counter.stop();
    assert.deepEqual(counts(counter, 'empty polls'), { 'sqs ReceiveMessage Api': 1 });
    assert.deepEqual(counts(counter, 'stream reads'), { 'dynamodb GetRecords Recorder': 1 });
    assert.deepEqual(counts(counter, 'scheduled'), {
      'lambda invocation Scheduled': 1,
      'sqs SendMessage Scheduled': 1,
    });
    assert.equal(counts(counter, 'tools')['dynamodb GetItem administrator'], 1);
    assert.ok(!Object.keys(counts(counter, 'requests')).some((name) => name.includes('Scheduled')));
  });

  it('counts a frame of a client, and one to it once', async () => {
    const counter = fixture.host.countRequests();
    const socket = new WebSocket(`${fixture.host.wsUrl}?token=good`);
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
    const answered = new Promise((resolve) => socket.on('message', resolve));
    socket.send(JSON.stringify({ action: 'echo', text: 'x' }));
    await answered;
    await until(
      async () => counts(counter, 'requests')['execute-api PostToConnection Socket'] === 1,
      'the answer',
    );
    counter.stop();
    socket.close();
    assert.equal(counts(counter, 'requests')['execute-api request client'], 1);
    assert.equal(counts(counter, 'requests')['execute-api frame client'], 1);
  });

  it('shows what a call is billed, and the run of a function', async () => {
    const seen: ObservedRequest[] = [];
    const stop = fixture.host.observeRequests((request) => seen.push(request));
    const item = { ...key('billed'), owner: { S: 'ann' }, text: { S: 'x'.repeat(5_000) } };
    await fixture.call('put', item);
    await fixture.call('get', key('billed'));
    await fixture.call('get', key('absent'));
    stop();
    const units = (operation: string) =>
      seen.filter((request) => request.operation === operation).map((request) => request.units);
    assert.deepEqual(
      units('PutItem').map((one) => one?.write),
      [6],
      'five KB and an index entry',
    );
    assert.deepEqual(
      units('GetItem').map((one) => one?.read),
      [1, 0.5],
    );
    const run = seen.find(({ kind }) => kind === 'invocation')?.run;
    assert.ok(run && run.durationMs > 0 && run.cpuMs > 0 && run.memoryMb === 256);
    const put = seen.find(({ operation }) => operation === 'PutItem');
    assert.ok(put?.bytes && put.bytes > 5_000);
    const request = seen.find(({ kind }) => kind === 'gateway');
    assert.ok(request?.bytes && request.bytes > 5_000);
  });

  it('shows a call with what was asked and answered, until it is stopped', async () => {
    const seen: ObservedRequest[] = [];
    const stop = fixture.host.observeRequests((request) => seen.push(request));
    await fixture.call('get', key('a'));
    stop();
    await fixture.call('get', key('a'));
    const calls = seen.filter(({ operation }) => operation === 'GetItem');
    assert.equal(calls.length, 1);
    assert.deepEqual(calls[0]?.input.Key, key('a'));
    assert.deepEqual(calls[0]?.answer.Item.text, { S: 'x' });
  });
});
