// AWS::Lambda::EventSourceMapping: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-eventsourcemapping.html

import type { Log } from '../log.ts';
import type { RequestObservers } from '../requests/request-observers.ts';
import type { Database } from '../services/database.ts';
import type { ChangeListener } from '../services/dynamodb-change.ts';
import { createStreamListener } from '../services/dynamodb-stream.ts';
import type { Iam } from '../services/iam.ts';
import type { Sqs } from '../services/sqs.ts';
import type { Value } from '../template/cloud-assembly.ts';
import type { ResolvedResource, ResolvedTemplates } from '../template/resolve-template.ts';
import { checkPattern } from './event-filter.ts';
import { functionName, type LambdaHost } from './lambda-host.ts';
import { SqsPoller } from './sqs-poller.ts';
import { StreamMapping } from './stream-mapping.ts';
import { lanesOf } from './stream-pace.ts';

export interface EventSourceSettings {
  readonly lambda: LambdaHost;
  readonly sqs: Sqs;
  /** The database of the tables, which keeps the records of their streams. */
  readonly database: Database;
  readonly iam: Iam;
  readonly log: Log;
  readonly observers: RequestObservers;
  readonly region: string;
}

/** Without a maximum AWS starts with five pollers. */
const defaultConcurrency = 5;

const queueActions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
const streamActions = ['dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:DescribeStream'];

/** All event source mappings of the templates. */
export class EventSources {
  readonly #settings: EventSourceSettings;
  readonly #queueMappings: readonly ResolvedResource[];
  /** By the ARN of the stream. */
  readonly #streamMappings: readonly {
    resource: ResolvedResource;
    streamArn: string;
    mapping: StreamMapping;
  }[];
  #pollers: readonly SqsPoller[] = [];

  /** Throws an error that names a mapping which AWS would refuse, or which is not served. */
  constructor(templates: ResolvedTemplates, settings: EventSourceSettings) {
    this.#settings = settings;
    const mappings = templates
      .ofType('AWS::Lambda::EventSourceMapping')
      .filter(({ properties }) => properties.Enabled !== false);
    for (const mapping of mappings) checkPollingRole(mapping, settings);
    this.#queueMappings = mappings.filter(isQueue);
    this.#queueMappings.forEach(checkQueueProperties);
    this.#streamMappings = mappings
      .filter((mapping) => !isQueue(mapping))
      .map((resource) => ({
        resource,
        streamArn: resource.properties.EventSourceArn,
        mapping: createStreamMapping(resource, settings),
      }));
  }

  /** Hands the changes of a table to the mappings of its stream; undefined where there is none. */
  listenerOf(streamArn: string): ChangeListener | undefined {
    const mappings = this.#streamMappings.filter((one) => one.streamArn === streamArn);
    if (mappings.length === 0) return undefined;
    return createStreamListener(
      streamArn,
      this.#settings.region,
      mappings.map(({ mapping }) => mapping),
    );
  }

  /** @param overPolls see SqsPoller */
  async start(overPolls: boolean): Promise<void> {
    for (const { mapping } of this.#streamMappings) await mapping.restore();
    this.#pollers = this.#queueMappings.map((mapping) => createPoller(mapping, this.#settings, overPolls));
  }

  stop(): void {
    for (const { mapping } of this.#streamMappings) mapping.stop();
    for (const poller of this.#pollers) poller.stop();
  }
}

export const isQueue = (mapping: ResolvedResource) =>
  String(mapping.properties.EventSourceArn).startsWith('arn:aws:sqs:');

/** As AWS does when a mapping is made: the function's role must be able to poll. */
function checkPollingRole(mapping: ResolvedResource, { lambda, iam }: EventSourceSettings): void {
  const { EventSourceArn, FunctionName } = mapping.properties;
  const { roleArn, name } = lambda.definition(FunctionName);
  const actions = isQueue(mapping) ? queueActions : streamActions;
  const denied = iam.firstDenied(
    roleArn,
    actions.map((action) => ({ action, resource: EventSourceArn })),
  );
  if (!denied) return;
  throw new Error(`Mapping ${mapping.id}: the role of ${name} may not ${denied.action} ${denied.resource}`);
}

function checkQueueProperties({ id, properties }: ResolvedResource): void {
  for (const name of ['FilterCriteria', 'MaximumBatchingWindowInSeconds']) {
    if (properties[name]) throw new Error(`Mapping ${id}: ${name} is not served for a queue`);
  }
}

function createPoller(mapping: ResolvedResource, settings: EventSourceSettings, overPolls: boolean) {
  const { properties } = mapping;
  const options = {
    functionName: functionName(properties.FunctionName),
    batchSize: Number(properties.BatchSize ?? 10),
    maximumConcurrency: Number(properties.ScalingConfig?.MaximumConcurrency ?? defaultConcurrency),
    reportsItemFailures: reportsItemFailures(mapping),
    region: settings.region,
    observers: settings.observers,
  };
  const queue = settings.sqs.queue(properties.EventSourceArn);
  return new SqsPoller(queue, options, settings.lambda, settings.log, overPolls);
}

function createStreamMapping(mapping: ResolvedResource, settings: EventSourceSettings): StreamMapping {
  const { properties } = mapping;
  const filters: Value[] = properties.FilterCriteria?.Filters ?? [];
  const patterns = filters.map(({ Pattern }) => JSON.parse(Pattern));
  patterns.forEach(checkPattern);
  const destination: string | undefined = properties.DestinationConfig?.OnFailure?.Destination;
  if (destination && !destination.startsWith('arn:aws:sqs:')) {
    throw new Error(`Mapping ${mapping.id}: only a queue is served as failure destination`);
  }
  const windowSeconds = Number(properties.MaximumBatchingWindowInSeconds ?? 0);
  const options = {
    id: mapping.ref,
    functionName: functionName(properties.FunctionName),
    batchSize: Number(properties.BatchSize ?? 100),
    windowSeconds,
    lanes: lanesOf(Number(properties.ParallelizationFactor ?? 1), windowSeconds),
    bisects: properties.BisectBatchOnFunctionError === true,
    maximumRetryAttempts: Number(properties.MaximumRetryAttempts ?? -1),
    maximumAgeSeconds: Number(properties.MaximumRecordAgeInSeconds ?? -1),
    reportsItemFailures: reportsItemFailures(mapping),
    patterns,
    observers: settings.observers,
    onFailure: destination
      ? (record: object) => void settings.sqs.queue(destination).send(JSON.stringify(record))
      : undefined,
  };
  return new StreamMapping(options, settings.database, settings.lambda, settings.log);
}

const reportsItemFailures = ({ properties }: ResolvedResource): boolean =>
  properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') === true;
