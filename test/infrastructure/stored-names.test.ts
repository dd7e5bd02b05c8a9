// New resources may be added, but these names must stay as they are. Each test says why.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localTarget } from '../../lib/deployment-target.ts';
import { assertKept, defaultStage, deployed, type Names, namesOf } from './kept-names.ts';
import { resourcesOf, synthesizeService } from './synthesize-service.ts';

const { service, storage, monitoring } = deployed;
const local = synthesizeService({ ...defaultStage, target: localTarget });

const tables = { TaskTable22070546: '', StateTable9728C7E5: '' };

test('tables keep their logical ids, keys and indexes', () => {
  const why =
    'A table with another logical id is another, empty table, and every task stays behind in the old one.';
  // The local host names its tables by stack and logical id.
  for (const template of [storage, local.storage])
    assertKept(namesOf(template, 'AWS::DynamoDB::Table', 'TableName'), tables, why);
  const keys = (schema: { AttributeName: string }[]) =>
    schema.map(({ AttributeName }) => AttributeName).join(' ');
  const found: Names = {};
  for (const [id, { Properties }] of resourcesOf(storage, 'AWS::DynamoDB::Table')) {
    found[id] = keys(Properties.KeySchema);
    found[`${id} ttl`] = Properties.TimeToLiveSpecification.AttributeName;
    for (const { IndexName, KeySchema } of Properties.GlobalSecondaryIndexes ?? [])
      found[`${id} ${IndexName}`] = keys(KeySchema);
  }
  assertKept(
    found,
    {
      TaskTable22070546: 'pk sk',
      'TaskTable22070546 ttl': 'ttl',
      'TaskTable22070546 by-time': 'list_pk list_sk',
      'TaskTable22070546 by-batch': 'batch_pk batch_sk',
      'TaskTable22070546 open': 'open_pk open_sk',
      StateTable9728C7E5: 'pk sk',
      'StateTable9728C7E5 ttl': 'ttl',
    },
    'Rows that are stored have the attributes of these keys: under others they are found no more.',
  );
});

test('the bucket of payloads keeps its logical id', () => {
  for (const template of [storage, local.storage])
    assertKept(
      namesOf(template, 'AWS::S3::Bucket', 'BucketName'),
      { PayloadBucket357F5869: '' },
      'A bucket with another logical id is empty: tasks with large inputs could not be run any more.',
    );
});

test('the event bus keeps its logical id and name', () => {
  assertKept(
    namesOf(storage, 'AWS::Events::EventBus', 'Name'),
    { EventBus7B8748AA: 'llm-dev' },
    'Others have rules on this bus: they would hear of nothing any more.',
  );
});

const queues = {
  QueueskimiHigh1B46C4A3: 'llm-dev-kimi-high',
  QueueskimiNormalCBAB5914: 'llm-dev-kimi-normal',
  QueueskimiLowBF141140: 'llm-dev-kimi-low',
  QueueskimiTickets0B2B698A: 'llm-dev-kimi-tickets',
  QueueskimiDeadC36DA285: 'llm-dev-kimi-dead',
  QueuesopenaiHigh1F1257EE: 'llm-dev-openai-high',
  QueuesopenaiNormalC63B72EC: 'llm-dev-openai-normal',
  QueuesopenaiLow3AC83EBC: 'llm-dev-openai-low',
  QueuesopenaiTickets488C0301: 'llm-dev-openai-tickets',
  QueuesopenaiDeadC91BA8A5: 'llm-dev-openai-dead',
  WebhooksQueueCBC86013: 'llm-dev-webhooks',
  WebhooksDead369D87A3: 'llm-dev-webhooks-dead',
  DeadEvents7EC95A9C: 'llm-dev-events-dead',
};

test('queues keep their logical ids and names', () => {
  for (const template of [service, local.service])
    assertKept(
      namesOf(template, 'AWS::SQS::Queue', 'QueueName'),
      queues,
      'The messages in a queue are deleted with it: waiting tasks and webhooks would be lost. A new logical id with ' +
        'the old name fails to deploy, since the name is taken.',
    );
});

test('secrets keep their parameter names', () => {
  const { Value } = Object.values(service.findOutputs('SecretParameters'))[0] ?? {};
  assert.deepEqual(
    String(Value).split(','),
    [
      '/llm-service/dev/auth-token',
      '/llm-service/dev/webhook-secrets',
      '/llm-service/dev/kimi/api-key',
      '/llm-service/dev/openai/api-key',
    ],
    `People put their secrets there by hand; under other names the service finds none. Now: ${Value}`,
  );
});

test('functions with a trigger or an alarm keep their logical ids and names', () => {
  assertKept(
    namesOf(service, 'AWS::Lambda::Function', 'FunctionName'),
    {
      WorkerkimiProcessTaskFunctionCA3CAB80: 'llm-dev-process-task-kimi',
      WorkeropenaiProcessTaskFunction6AEE2FC8: 'llm-dev-process-task-openai',
      PublishTaskEventFunction87CE820A: 'llm-dev-publish-task-event',
      DeliverWebhookFunctionDE151369: 'llm-dev-deliver-webhook',
      SweepFunctionA7728703: 'llm-dev-sweep',
    },
    'Another name is another function with event source mappings of its own. While both exist, a provider’s limit ' +
      'counts twice, and the new reader of the stream starts a day back.',
  );
});

test('event source mappings keep their logical ids', () => {
  const why =
    'Another logical id is a new mapping: that of the stream starts at its horizon, so that every event of the last ' +
    '24 hours is sent again; that of tickets runs beside the old one, so that a provider’s limit counts twice.';
  const mappings = resourcesOf(service, 'AWS::Lambda::EventSourceMapping').map(([id]) => [id, '']);
  const kept = [
    'PublishTaskEventFunctionDynamoDBEventSourcellmdevStorageTaskTable0F947AA2C99051B2',
    'WorkerkimiProcessTaskFunctionSqsEventSourcellmdevServiceQueueskimiTicketsA520366380A57B39',
    'WorkeropenaiProcessTaskFunctionSqsEventSourcellmdevServiceQueuesopenaiTicketsE78E8536A61A0FB5',
    'DeliverWebhookFunctionSqsEventSourcellmdevServiceWebhooksQueue7A6B79C0469A573C',
  ];
  assertKept(Object.fromEntries(mappings), Object.fromEntries(kept.map((id) => [id, ''])), why);
});

test('the APIs and the topic of alarms keep their logical ids', () => {
  assertKept(
    namesOf(service, 'AWS::ApiGatewayV2::Api', 'Name'),
    { HttpApi4E1D4184: 'llm-dev', WebSocketApi273F6915: 'llm-dev-ws' },
    'An API with another logical id has another URL, which no caller knows.',
  );
  assertKept(
    Object.fromEntries(resourcesOf(monitoring, 'AWS::SNS::Topic').map(([id]) => [id, ''])),
    { Alarms04B5A0BF: '' },
    'People subscribe to this topic by hand: with another one their subscriptions are gone, and alarms are not heard.',
  );
});
