import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Fixture, startFixture, synthesizeFixture } from './start-fixture.ts';

const key = (id: string) => ({ pk: { S: id }, sk: { S: 'x' } });

describe('the local host, with faults', () => {
  let fixture: Fixture;
  let dynamodb: DynamoDBClient;
  let sqs: SQSClient;
  before(async () => {
    fixture = await startFixture(await synthesizeFixture(), { environment: { LLM_LOG_LEVEL: 'silent' } });
    const settings = {
      endpoint: fixture.host.awsEndpoint,
      region: 'us-east-1',
      credentials: fixture.host.awsCredentials,
      maxAttempts: 3,
    };
    dynamodb = new DynamoDBClient(settings);
    sqs = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
  });
  after(() => fixture.close());

  const caller = /administrator/;
  const has = async (id: string) =>
    (await fixture.dynamodb.send(new GetItemCommand({ TableName: 'fixture-items', Key: key(id) }))).Item !==
    undefined;
  const put = (id: string) => new PutItemCommand({ TableName: 'fixture-items', Item: key(id) });
  const failure = async (id: string) => (await fixture.call('put', key(id))).body.name;

  it('fails a call that is not done then', async () => {
    const injection = fixture.host.injectFaults([{ kind: 'fails', operation: 'PutItem', caller: /Api/ }]);
    assert.equal(await failure('failed'), 'InternalServerError');
    injection.remove();
    assert.equal(await has('failed'), false);
    assert.equal(injection.hits, 1);
    assert.equal(await failure('failed'), undefined);
  });

  it('answers an error to a call that was done', async () => {
    const error = { status: 503, code: 'ServiceUnavailable' };
    const fault = { kind: 'answers an error', operation: 'PutItem', caller: /Api/, error } as const;
    const injection = fixture.host.injectFaults([fault]);
    assert.equal(await failure('done'), 'ServiceUnavailable');
    injection.remove();
    assert.equal(await has('done'), true);
  });

  it('does so where the service writes its answer itself', async () => {
    const injection = fixture.host.injectFaults([{ kind: 'answers an error', service: 's3', caller: /Api/ }]);
    assert.equal((await fixture.call('store', { key: 'kept', body: 'text' })).status, 500);
    assert.equal((await fixture.call('load', 'kept')).status, 500);
    injection.remove();
    assert.equal((await fixture.call('load', 'kept')).body, 'text');
  });

  it('hits the first try alone, so that an SDK repeats what was done', async () => {
    const injection = fixture.host.injectFaults([{ kind: 'answers an error', service: 'sqs', caller }]);
    const message = { QueueUrl: fixture.queueUrl('dead-letters'), MessageBody: 'twice' };
    await sqs.send(new SendMessageCommand(message));
    injection.remove();
    assert.equal(injection.hits, 1);
    assert.equal((await fixture.depth('dead-letters')).visible, 2);
  });

  it('hits every repeat of a call where it is told to', async () => {
    const faults = [{ kind: 'fails', service: 'dynamodb', caller, hitsRepeats: true, rate: 1 }] as const;
    const injection = fixture.host.injectFaults(faults);
    await assert.rejects(dynamodb.send(put('never')), { name: 'InternalServerError' });
    injection.remove();
    assert.equal(injection.hits, 3);
  });

  it('hits a share of the calls that a predicate chooses', async () => {
    const when = ({ input }: { input?: { Item?: { pk: { S: string } } } }) =>
      input?.Item?.pk.S.startsWith('chosen') === true;
    const injection = fixture.host.injectFaults([{ kind: 'fails', caller, when, rate: 0.5 }]);
    for (let n = 0; n < 60; n += 1) {
      await dynamodb.send(put(`chosen-${n}`));
      await dynamodb.send(put(`other-${n}`));
    }
    injection.remove();
    assert.ok(injection.hits > 10 && injection.hits < 50, `${injection.hits} of 60`);
  });

  it('delays a call', async () => {
    const injection = fixture.host.injectFaults([{ kind: 'delays', caller, delayMs: 300 }]);
    const from = performance.now();
    await dynamodb.send(put('late'));
    injection.remove();
    assert.ok(performance.now() - from >= 299);
    assert.equal(await has('late'), true);
  });

  it('leaves the calls of tools alone unless they are named', async () => {
    const injection = fixture.host.injectFaults([{ kind: 'fails' }]);
    await dynamodb.send(put('by-hand'));
    injection.remove();
    assert.equal(injection.hits, 0);
  });
});
