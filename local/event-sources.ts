// AWS::Lambda::EventSourceMapping: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-eventsourcemapping.html
import { checkPattern } from './lambda/event-filter.ts';
import { functionName, type LambdaHost } from './lambda/lambda-host.ts';
import { SqsPoller } from './lambda/sqs-poller.ts';
import { StreamMapping } from './lambda/stream-mapping.ts';
import type { Log } from './log.ts';
import type { Iam } from './services/iam.ts';
import type { Sqs } from './services/sqs.ts';
import type { Value } from './template/cloud-assembly.ts';
import type { ResolvedResource } from './template/resolve-template.ts';

export interface EventSourceSettings {
  readonly lambda: LambdaHost;
  readonly sqs: Sqs;
  readonly iam: Iam;
  readonly log: Log;
  readonly region: string;
}

/** Without a maximum AWS starts with five pollers. */
const defaultConcurrency = 5;

const queueActions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
const streamActions = ['dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:DescribeStream'];

/** As AWS does when a mapping is made: the function's role must be able to poll. */
export function checkPollingRole(mapping: ResolvedResource, { lambda, iam }: EventSourceSettings): void {
  const { EventSourceArn, FunctionName } = mapping.properties;
  const { roleArn, name } = lambda.definition(FunctionName);
  const actions = isQueue(mapping) ? queueActions : streamActions;
  const denied = iam.firstDenied(
    roleArn,
    actions.map((action) => ({ action, resource: EventSourceArn })),
  );
  if (denied)
    throw new Error(`Mapping ${mapping.id}: the role of ${name} may not ${denied.action} ${denied.resource}`);
}

export const isQueue = (mapping: ResolvedResource) =>
  String(mapping.properties.EventSourceArn).startsWith('arn:aws:sqs:');

export function startSqsPoller(mapping: ResolvedResource, settings: EventSourceSettings, overPolls: boolean) {
  const { properties } = mapping;
  for (const name of ['FilterCriteria', 'MaximumBatchingWindowInSeconds']) {
    if (properties[name]) throw new Error(`Mapping ${mapping.id}: ${name} is not served for a queue`);
  }
  const options = {
    functionName: functionName(properties.FunctionName),
    batchSize: Number(properties.BatchSize ?? 10),
    maximumConcurrency: Number(properties.ScalingConfig?.MaximumConcurrency ?? defaultConcurrency),
    reportsItemFailures: reportsItemFailures(mapping),
    region: settings.region,
  };
  const queue = settings.sqs.queue(properties.EventSourceArn);
  return new SqsPoller(queue, options, settings.lambda, settings.log, overPolls);
}

export function createStreamMapping(
  mapping: ResolvedResource,
  settings: EventSourceSettings,
  database: Value,
) {
  const { properties } = mapping;
  const filters: Value[] = properties.FilterCriteria?.Filters ?? [];
  const patterns = filters.map(({ Pattern }) => JSON.parse(Pattern));
  patterns.forEach(checkPattern);
  const destination: string | undefined = properties.DestinationConfig?.OnFailure?.Destination;
  if (destination && !destination.startsWith('arn:aws:sqs:')) {
    throw new Error(`Mapping ${mapping.id}: only a queue is served as failure destination`);
  }
  const options = {
    id: mapping.ref,
    functionName: functionName(properties.FunctionName),
    batchSize: Number(properties.BatchSize ?? 100),
    windowSeconds: Number(properties.MaximumBatchingWindowInSeconds ?? 0),
    lanes: Number(properties.ParallelizationFactor ?? 1),
    bisects: properties.BisectBatchOnFunctionError === true,
    maximumRetryAttempts: Number(properties.MaximumRetryAttempts ?? -1),
    maximumAgeSeconds: Number(properties.MaximumRecordAgeInSeconds ?? -1),
    reportsItemFailures: reportsItemFailures(mapping),
    patterns,
    onFailure: destination
      ? (record: object) => void settings.sqs.queue(destination).send(JSON.stringify(record))
      : undefined,
  };
  return new StreamMapping(options, database, settings.lambda, settings.log);
}

const reportsItemFailures = ({ properties }: ResolvedResource): boolean =>
  properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') === true;
