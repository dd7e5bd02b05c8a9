import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Match } from 'aws-cdk-lib/assertions';
import { localTarget } from '../../lib/deployment-target.ts';
import { resourcesOf, synthesizeService } from './synthesize-service.ts';

const { service, storage } = synthesizeService();

test('a record that fails is given up after some tries, so that it does not hold up others for long', () => {
  service.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 100,
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 3,
    MaximumRecordAgeInSeconds: 300,
    ParallelizationFactor: 2,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    FilterCriteria: {
      Filters: [{ Pattern: '{"dynamodb":{"NewImage":{"kind":{"S":["task","batch"]}}}}' }],
    },
  });
});

test('the sweeper runs every minute', () => {
  service.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(1 minute)' });
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

test('tables are kept when their stack is deleted on AWS, and deleted on one machine', () => {
  const policies = (template: typeof storage) =>
    Object.values(template.findResources('AWS::DynamoDB::Table')).map(({ DeletionPolicy }) => DeletionPolicy);
  assert.deepEqual(policies(storage), ['Retain', 'Retain']);
  assert.deepEqual(policies(synthesizeService({ target: localTarget }).storage), ['Delete', 'Delete']);
});

test('payloads are kept longer than the rows that name them', () => {
  const { storage: long } = synthesizeService({
    variables: { LLM_RETENTION: '30d', LLM_TASK_TIMEOUT: '2h' },
  });
  long.hasResourceProperties('AWS::S3::Bucket', {
    LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 32 })] },
  });
});
