import { Annotations, CfnOutput, Duration, Lazy, Stack, type StackProps } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { type Configuration, parameterName } from '../config/read-settings.ts';
import { HttpEndpoint } from './constructs/http-endpoint.ts';
import { ProviderQueues } from './constructs/provider-queues.ts';
import { ProviderWorker } from './constructs/provider-worker.ts';
import { type FunctionCode, ServiceFunction, type VariableValues } from './constructs/service-function.ts';
import { StreamEndpoint } from './constructs/stream-endpoint.ts';
import { addTaskChanges } from './constructs/task-changes.ts';
import { WebSocketEndpoint } from './constructs/web-socket-endpoint.ts';
import { WebhookQueue } from './constructs/webhook-queue.ts';
import type { DeploymentTarget } from './deployment-target.ts';
import { constructId, type FunctionDefinition, functionName } from './function-definition.ts';
import { httpRoutes } from './http-routes.ts';
import { localMetadataKey } from './local-metadata.ts';
import type { ServiceResources } from './service-resources.ts';
import type { StorageStack } from './storage-stack.ts';
import { streamServer } from './stream-function.ts';
import {
  batchRunner,
  changeCounter,
  eventPublisher,
  shareRepeater,
  sweeper,
  webhookDeliverer,
  worker,
} from './triggered-functions.ts';

export interface ServiceStackProps extends StackProps {
  configuration: Configuration;
  target: DeploymentTarget;
  storage: StorageStack;
  code: FunctionCode;
}

/** Everything that runs: APIs, functions, queues, workers, the schedule. */
export class ServiceStack extends Stack {
  readonly http: HttpEndpoint;
  readonly streams: StreamEndpoint;
  readonly webSocket: WebSocketEndpoint | undefined;
  readonly providerQueues: readonly ProviderQueues[];
  readonly deadEvents: Queue;
  readonly publisher: IFunction;
  readonly changeCounter: IFunction;
  readonly sweeper: IFunction;
  readonly shareRepeater: IFunction;
  readonly batchRunner: IFunction;

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    const { configuration, target, storage } = props;
    const { settings } = configuration;
    const { stage } = settings;

    this.webSocket = configuration.webSocket
      ? new WebSocketEndpoint(this, 'WebSocket', { stage, target })
      : undefined;
    this.deadEvents = new Queue(this, 'DeadEvents', {
      queueName: `llm-${stage}-events-dead`,
      retentionPeriod: Duration.days(14),
      enforceSSL: true,
    });
    const shareQueue = new Queue(this, 'EventShares', {
      queueName: `llm-${stage}-events`,
      retentionPeriod: Duration.days(14),
      // One that was received is sent, or its delay set, well before.
      visibilityTimeout: Duration.seconds(2 * (shareRepeater.timeout ?? 10)),
      enforceSSL: true,
      deadLetterQueue: { queue: this.deadEvents, maxReceiveCount: configuration.shareTries },
    });
    const webhooks = new WebhookQueue(this, 'Webhooks', { stage, tries: configuration.webhookTries });
    this.providerQueues = settings.providers.map(
      ({ name }) => new ProviderQueues(this, `Queues-${name}`, { stage, provider: name }),
    );
    const resources: ServiceResources = {
      taskTable: storage.taskTable,
      stateTable: storage.stateTable,
      payloadBucket: storage.payloadBucket,
      fileBucket: storage.fileBucket,
      eventBus: storage.eventBus,
      providerQueues: this.providerQueues,
      webhookQueue: webhooks.queue,
      shareQueue,
      workerFunctions: settings.providers.map(({ name }) => functionName(stage, worker.entry, name)),
      batchFunction: functionName(stage, batchRunner.entry),
      webSocketStage: this.webSocket?.stage,
      authParameter: parameterName(stage, 'auth-token'),
      webhookSecretParameter: parameterName(stage, 'webhook-secrets'),
    };
    const variables: VariableValues = {
      TASK_TABLE: storage.taskTable.tableName,
      STATE_TABLE: storage.stateTable.tableName,
      PAYLOAD_BUCKET: storage.payloadBucket.bucketName,
      FILE_BUCKET: storage.fileBucket.bucketName,
      QUEUE_URL_PREFIX: `https://sqs.${this.region}.${this.urlSuffix}/${this.account}/llm-${stage}-`,
      WORKER_FUNCTION_PREFIX: `${functionName(stage, worker.entry)}-`,
      BATCH_FUNCTION: resources.batchFunction,
      WEBHOOK_QUEUE_URL: webhooks.queue.queueUrl,
      SHARE_QUEUE_URL: shareQueue.queueUrl,
      EVENT_BUS: storage.eventBus.eventBusName,
      AUTH_PARAMETER: resources.authParameter,
      WEBHOOK_SECRET_PARAMETER: resources.webhookSecretParameter,
      ...(this.webSocket && {
        CONNECTIONS_URL: this.webSocket.connectionsUrl,
        WEBSOCKET_URL: target.hasOneAddress ? '/ws' : this.webSocket.url,
      }),
      // Made after those that are given it.
      STREAM_URL: target.hasOneAddress ? '/' : Lazy.string({ produce: () => this.streams.url }),
    };
    const common = { stage, code: props.code, variables, resources };
    const createFunction = (parent: Construct, definition: FunctionDefinition): IFunction =>
      new ServiceFunction(parent, constructId(definition.entry), { ...common, definition }).function;

    this.http = new HttpEndpoint(this, 'Http', {
      stage,
      routes: httpRoutes.filter((route) => !route.webSocket || this.webSocket),
      corsOrigins: configuration.corsOrigins,
      createFunction,
    });
    this.streams = new StreamEndpoint(this, 'Streams', {
      definition: streamServer,
      apiOrigin: this.http.api.apiEndpoint,
      corsOrigins: configuration.corsOrigins,
      target,
      createFunction,
    });
    this.webSocket?.addRoutes(createFunction);

    for (const [index, queues] of this.providerQueues.entries()) {
      const provider = settings.providers[index];
      const plan = configuration.workers[index];
      if (provider === undefined || plan === undefined) continue;
      new ProviderWorker(this, `Worker-${provider.name}`, { ...common, provider, plan, queues });
    }

    createFunction(this, webhookDeliverer).addEventSource(
      new SqsEventSource(webhooks.queue, {
        batchSize: 10,
        maxConcurrency: configuration.mappings.webhooks,
        reportBatchItemFailures: true,
      }),
    );
    this.publisher = createFunction(this, eventPublisher);
    addTaskChanges(this.publisher, storage.taskTable, this.deadEvents, {
      executionsPerShard: configuration.mappings.executionsPerShard,
      batchSize: 100,
    });
    // By itself: nobody waits for counts, and those of a second cost as much as those of one change, as do ten events for the bus.
    this.changeCounter = createFunction(this, changeCounter);
    addTaskChanges(this.changeCounter, storage.taskTable, this.deadEvents, {
      executionsPerShard: 1,
      window: Duration.seconds(1),
      batchSize: 1_000,
    });
    this.sweeper = createFunction(this, sweeper);
    this.runEveryMinute('EveryMinute', this.sweeper);
    // No event source mapping: that would ask for two executions, of which a small account has none left.
    this.shareRepeater = createFunction(this, shareRepeater);
    this.runEveryMinute('RepeatEveryMinute', this.shareRepeater);
    this.batchRunner = createFunction(this, batchRunner);
    this.runEveryMinute('BatchesEveryMinute', this.batchRunner);

    this.describe(configuration, target, variables);
  }

  private runEveryMinute(id: string, target: IFunction): void {
    new Schedule(this, id, {
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      // The next run comes in a minute.
      target: new LambdaInvoke(target, { retryAttempts: 0 }),
    });
  }

  private describe(
    { notices, localParameters }: Configuration,
    target: DeploymentTarget,
    variables: VariableValues,
  ): void {
    for (const notice of notices) Annotations.of(this).addInfo(notice);
    if (target.kind === 'local') this.addMetadata(localMetadataKey, { parameters: localParameters, notices });
    const outputs = {
      HttpUrl: this.http.url,
      StreamUrl: this.streams.url,
      WebSocketUrl: this.webSocket?.url,
      QueueUrlPrefix: variables.QUEUE_URL_PREFIX,
      WebhookQueueUrl: variables.WEBHOOK_QUEUE_URL,
      SecretParameters: Object.keys(localParameters).join(','),
    };
    for (const [name, value] of Object.entries(outputs))
      if (value !== undefined) new CfnOutput(this, name, { value });
  }
}
