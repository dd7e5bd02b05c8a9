import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { type Fixture, startFixture, synthesizeFixture, until } from './start-fixture.ts';

describe('the local host as SQS and its event source mapping', () => {
  let assembly: string;
  let fixture: Fixture;
  before(async () => {
    assembly = await synthesizeFixture();
    fixture = await startFixture(assembly);
  });
  after(() => fixture.close());
  const runs = async (id: string, one = fixture) => Number((await one.item(`w#${id}`, 'runs'))?.runs?.N ?? 0);

  it('runs each message once and deletes it', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `once-${index}`);
    const Entries = ids.map((id, index) => ({ Id: String(index), MessageBody: JSON.stringify({ id }) }));
    for (const half of [Entries.slice(0, 10), Entries.slice(10)]) {
      await fixture.sqs.send(
        new SendMessageBatchCommand({ QueueUrl: fixture.queueUrl('work'), Entries: half }),
      );
    }
    await until(
      async () => (await Promise.all(ids.map((id) => runs(id)))).every((count) => count === 1),
      'all runs',
    );
    await until(async () => {
      const { visible, hidden } = await fixture.depth('work');
      return visible + hidden === 0;
    }, 'an empty queue');
  });

  it('keeps only the message that a handler reports as failed', async () => {
    const Entries = ['good', 'bad'].map((id) => ({
      Id: id,
      MessageBody: JSON.stringify({ id, fails: id === 'bad' }),
    }));
    await fixture.sqs.send(new SendMessageBatchCommand({ QueueUrl: fixture.queueUrl('work'), Entries }));
    await until(async () => (await runs('good')) === 1 && (await runs('bad')) === 1, 'both runs');
    await until(async () => (await fixture.depth('work')).hidden === 1, 'one message in flight');
  });

  it('moves a message to the dead-letter queue after its receives, and never runs it again', async () => {
    await fixture.send('work', { id: 'doomed', fails: true, returnsAtOnce: true });
    const isDoomed = async (): Promise<boolean> => {
      const bodies = await fixture.receive('dead-letters', 1);
      return bodies.some((body) => body.includes('doomed')) || isDoomed();
    };
    assert.equal(await isDoomed(), true);
    assert.equal(await runs('doomed'), 2);
  });

  it('takes a message as soon as an invocation by somebody else frees a slot', async () => {
    const worker = fixture.host.templates
      .ofType('AWS::Lambda::Function')
      .find(({ id }) => id.startsWith('Worker'));
    const busy = [1, 2].map(() =>
      fixture.lambda.send(new InvokeCommand({ FunctionName: worker?.ref, Payload: '{"sleepMs":700}' })),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    await fixture.send('work', { id: 'patient' });
    await until(async () => (await runs('patient')) === 1, 'the run');
    assert.equal((await fixture.item('w#patient', 'runs'))?.receives?.N, '1');
    await Promise.all(busy);
  });

  it('receives what it cannot run only in the over-polling mode', async () => {
    const depthWithBusySlots = async (environment: Record<string, string>) => {
      const host = await startFixture(assembly, { environment });
      try {
        for (const id of ['a', 'b']) {
          await host.send('work', { id, sleepMs: 1900 });
          await until(async () => (await host.depth('work')).visible === 0, 'the message to be taken');
        }
        await host.send('work', { id: 'c' });
        await new Promise((resolve) => setTimeout(resolve, 100));
        return await host.depth('work');
      } finally {
        await host.close();
      }
    };
    assert.deepEqual(await depthWithBusySlots({}), { visible: 1, hidden: 2 });
    assert.deepEqual(await depthWithBusySlots({ LLM_LOCAL_OVERPOLL: '1' }), { visible: 0, hidden: 3 });
  });

  it('hides a message for its visibility timeout, and shows it at once at zero', async () => {
    const QueueUrl = fixture.queueUrl('plain');
    await fixture.send('plain', 'shy');
    const take = (wait: number) =>
      fixture.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: wait, MessageSystemAttributeNames: ['All'] }),
      );
    const [first] = (await take(1)).Messages ?? [];
    assert.equal(first?.Attributes?.ApproximateReceiveCount, '1');
    assert.equal((await take(0)).Messages, undefined);
    const ReceiptHandle = first?.ReceiptHandle;
    await fixture.sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
    );
    const [second] = (await take(0)).Messages ?? [];
    assert.equal(second?.Attributes?.ApproximateReceiveCount, '2');
    assert.equal(second?.MessageId, first?.MessageId);
  });

  it('wakes a long poll when a message comes', async () => {
    const waiting = fixture.receive('dead-letters', 1);
    await fixture.send('dead-letters', 'wake up');
    assert.deepEqual(await waiting, ['"wake up"']);
  });

  it('refuses, by name, message attributes and queue attributes that it does not serve', async () => {
    const QueueUrl = fixture.queueUrl('plain');
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'any' } };
    await assert.rejects(
      fixture.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'body', MessageAttributes })),
      { message: 'SQS MessageAttributes are not served locally' },
    );
    await assert.rejects(
      fixture.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] })),
      { message: 'Queue attribute Policy is not served locally' },
    );
    await assert.rejects(fixture.sqs.send(new PurgeQueueCommand({ QueueUrl })), {
      message: 'SQS PurgeQueue is not served locally',
    });
  });
});
