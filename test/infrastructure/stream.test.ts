import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Match } from 'aws-cdk-lib/assertions';
import { localTarget } from '../../lib/deployment-target.ts';
import { resourcesOf, synthesizeService } from './synthesize-service.ts';

const { service, storage } = synthesizeService();

test('the stream is read as long as it is kept, and what fails in a batch is looked for', () => {
  service.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 100,
    BisectBatchOnFunctionError: true,
    // For ever, which ends when the stream drops the record, after 24 hours.
    MaximumRetryAttempts: -1,
    MaximumRecordAgeInSeconds: Match.absent(),
    ParallelizationFactor: 2,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    FilterCriteria: {
      Filters: [{ Pattern: '{"dynamodb":{"NewImage":{"kind":{"S":["task","batch"]}}}}' }],
    },
  });
});

test('counts are made by a reader of their own, a second of changes at a time', () => {
  service.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    FunctionName: { Ref: Match.stringLikeRegexp('^CountTaskChanges') },
    BatchSize: 1_000,
    MaximumBatchingWindowInSeconds: 1,
    ParallelizationFactor: 1,
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: -1,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    FilterCriteria: {
      Filters: [{ Pattern: '{"dynamodb":{"NewImage":{"kind":{"S":["task","batch"]}}}}' }],
    },
  });
});

test('the sweeper runs every minute, and so do what repeats the shares of channels and what goes on with batches', () => {
  const schedules = resourcesOf(service, 'AWS::Scheduler::Schedule');
  assert.deepEqual(
    schedules.map(([, { Properties }]) => [
      Properties.ScheduleExpression,
      Properties.Target.Arn['Fn::GetAtt'][0].replace(/Function.*/, ''),
    ]),
    [
      ['rate(1 minute)', 'Sweep'],
      ['rate(1 minute)', 'RepeatShares'],
      ['rate(1 minute)', 'RunBatches'],
    ],
  );
});

test('the publisher has the memory that its reckoning in docs/operations.md is made for', () => {
  service.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'llm-test-publish-task-event',
    MemorySize: 1024,
    Timeout: 60,
  });
});

test('a share is kept, and tried again, for longer than the stream would have kept its changes', () => {
  service.hasResourceProperties('AWS::SQS::Queue', {
    QueueName: 'llm-test-events',
    RedrivePolicy: { maxReceiveCount: 300, deadLetterTargetArn: Match.anyValue() },
  });
});

test('a change of status rewrites no index entry', () => {
  const indexes = resourcesOf(storage, 'AWS::DynamoDB::Table').flatMap(
    ([, { Properties }]) => Properties.GlobalSecondaryIndexes ?? [],
  );
  assert.deepEqual(
    indexes.map((index) => [index.IndexName, index.Projection.ProjectionType]),
    [
      ['by-time', 'KEYS_ONLY'],
      ['by-batch', 'KEYS_ONLY'],
      ['open', 'KEYS_ONLY'],
    ],
  );
});

test('tables, payloads and bus are kept when their stack is deleted on AWS, and deleted on one machine', () => {
  const kinds = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::Events::EventBus'];
  const policies = (template: typeof storage) =>
    kinds.flatMap((kind) =>
      Object.values(template.findResources(kind)).map(({ DeletionPolicy = 'Delete' }) => DeletionPolicy),
    );
  assert.deepEqual(policies(storage), Array(5).fill('Retain'));
  assert.deepEqual(policies(synthesizeService({ target: localTarget }).storage), Array(5).fill('Delete'));
});

test('payloads are kept longer than the rows that name them', () => {
  const { storage: long } = synthesizeService({
    variables: { LLM_RETENTION: '30d', LLM_TASK_TIMEOUT: '2h' },
  });
  long.hasResourceProperties('AWS::S3::Bucket', {
    LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 45 })] },
  });
});
