import assert from 'node:assert/strict';
import { test } from 'node:test';
import { referredId, resourcesOf, synthesizeService } from './synthesize-service.ts';

const { service } = synthesizeService();
const queues = resourcesOf(service, 'AWS::SQS::Queue');

/** Queues without a dead-letter queue, each with its reason. */
const alone: [RegExp, string][] = [
  [/-dead$/, 'it is one'],
  [/-tickets$/, 'a lost ticket loses no task, and the sweeper sends new ones'],
];

test('every queue has a dead-letter queue or a reason to have none', () => {
  assert.ok(queues.length > 0);
  for (const [id, { Properties }] of queues) {
    const reason = alone.find(([name]) => name.test(Properties.QueueName));
    assert.ok(Properties.RedrivePolicy || reason, `${id} (${Properties.QueueName})`);
  }
});

test('dead letters and tickets are kept as long as SQS can', () => {
  for (const [id, { Properties }] of queues) assert.equal(Properties.MessageRetentionPeriod, 1_209_600, id);
});

test('a task may be postponed a thousand times before its queue gives it up', () => {
  const tasks = queues.filter(([, { Properties }]) => /-(high|normal|low)$/.test(Properties.QueueName));
  assert.equal(tasks.length, 6);
  for (const [, { Properties }] of tasks) assert.equal(Properties.RedrivePolicy.maxReceiveCount, 1000);
});

test('a webhook is tried as often as it has delays', () => {
  const { service: short } = synthesizeService({ variables: { LLM_WEBHOOK_RETRY_DELAYS: '0s,1s,2s' } });
  for (const [template, tries] of [
    [service, 7],
    [short, 3],
  ] as const)
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'llm-test-webhooks',
      RedrivePolicy: { maxReceiveCount: tries },
    });
});

test('the visibility timeout of a queue that feeds a function is at least the function’s timeout', () => {
  const functions = new Map(resourcesOf(service, 'AWS::Lambda::Function'));
  const byId = new Map(queues);
  const mappings = resourcesOf(service, 'AWS::Lambda::EventSourceMapping').filter(
    ([, { Properties }]) => !Properties.StartingPosition,
  );
  assert.equal(mappings.length, 3);
  for (const [id, { Properties }] of mappings) {
    const visibility = byId.get(referredId(Properties.EventSourceArn))?.Properties.VisibilityTimeout;
    const timeout = functions.get(referredId(Properties.FunctionName))?.Properties.Timeout;
    assert.ok(visibility >= timeout, `${id}: ${visibility} < ${timeout}`);
    assert.deepEqual(Properties.FunctionResponseTypes, ['ReportBatchItemFailures'], id);
  }
});

test('the dead-letter queues trigger nothing: a mapping of their own would cost a small account two executions', () => {
  const sources = resourcesOf(service, 'AWS::Lambda::EventSourceMapping').map(([, { Properties }]) =>
    referredId(Properties.EventSourceArn),
  );
  const dead = queues.filter(([, { Properties }]) => /-dead$/.test(Properties.QueueName));
  assert.equal(dead.length, 4);
  for (const [id] of dead) assert.ok(!sources.includes(id), id);
});

test('no queue takes requests without TLS', () => {
  service.resourceCountIs('AWS::SQS::QueuePolicy', queues.length);
});
