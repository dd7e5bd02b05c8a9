import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { taskQueueNames } from '../config/queue-names.ts';
import { functionName } from './function-definition.ts';
import { metricsNamespace, metricsService, spentUsd, urgentWait } from './metric-names.ts';
import { streamServer } from './stream-function.ts';
import { batchRunner, changeCounter, sweeper, webhookDeliverer, worker } from './triggered-functions.ts';

export const metricPeriod = Duration.minutes(5);
const period = metricPeriod;

/**
 * Metrics by physical name rather than by reference: a reference would export the name of every queue and
 * function of ServiceStack, and CloudFormation refuses to remove a provider whose export is still imported.
 */
export class ServiceMetrics {
  readonly #stage: string;
  readonly #apiId: string;
  readonly #tables: readonly string[];

  constructor(stage: string, apiId: string, tables: readonly string[]) {
    this.#stage = stage;
    this.#apiId = apiId;
    this.#tables = tables;
  }

  queueDepth(queue: string): Metric {
    return this.#queue(queue, 'ApproximateNumberOfMessagesVisible');
  }

  /** What waits there for somebody. The queues of providers the sweeper empties, and it fails where it cannot. */
  deadLetters(): Metric[] {
    return ['webhooks-dead', 'events-dead'].map((queue) => this.queueDepth(queue));
  }

  deadTasks(provider: string): Metric {
    return this.queueDepth(`${provider}-dead`);
  }

  waitingTasks(provider: string): Metric[] {
    return taskQueueNames.map((name) => this.queueDepth(`${provider}-${name}`));
  }

  functionErrors(entry: string, suffix = ''): Metric {
    return this.#function(entry, 'Errors', 'Sum', suffix);
  }

  functionInvocations(entry: string): Metric {
    return this.#function(entry, 'Invocations', 'Sum');
  }

  /** Milliseconds that the stream's reader lags behind. */
  streamLag(entry: string): Metric {
    return this.#function(entry, 'IteratorAge', 'Maximum');
  }

  workerErrors(provider: string): Metric {
    return this.functionErrors(worker.entry, provider);
  }

  workerConcurrency(provider: string): Metric {
    return this.#function(worker.entry, 'ConcurrentExecutions', 'Maximum', provider);
  }

  /** Below 0: the negative number of open circuits. */
  circuitsOpen(): Metric {
    return this.#own(urgentWait, 'Minimum', period);
  }

  /** Seconds, of the provider where it is the longest. */
  urgentWait(): Metric {
    return this.#own(urgentWait, 'Maximum', period);
  }

  spendPerHour(): Metric {
    return this.#own(spentUsd, 'Sum', Duration.hours(1));
  }

  /** Of the parts that serve all providers. While the publisher fails its stream lags, which has an alarm of its own. */
  serviceErrors(): Metric[] {
    const entries = [streamServer, changeCounter, webhookDeliverer, sweeper, batchRunner].map(
      ({ entry }) => entry,
    );
    const errors = entries.map((entry) => this.functionErrors(entry));
    // What a channel of events did not take waits there, so a message is an error that was caught.
    return [this.httpErrors('5xx'), ...errors, this.queueDepth('events')];
  }

  /**
   * What is refused and shows nowhere else: starts of the function of streams, and writes to the tables. Where the HTTP
   * API's functions or the publisher cannot start, it answers 503 and its stream lags; reads that a table refuses again
   * and again are errors of the API too. Workers are left out: a call that they refuse because they are busy is queued.
   */
  throttles(): Metric[] {
    const starts = this.#function(streamServer.entry, 'Throttles', 'Sum');
    return [starts, ...this.#ofTables('WriteThrottleEvents')];
  }

  readThrottles(): Metric[] {
    return this.#ofTables('ReadThrottleEvents');
  }

  writtenUnits(): Metric[] {
    return this.#ofTables('ConsumedWriteCapacityUnits');
  }

  /** Milliseconds that a worker ran, most of which it waits for its model. */
  workerDuration(provider: string): Metric {
    return this.#function(worker.entry, 'Duration', 'Sum', provider);
  }

  httpRequests(): Metric {
    return this.#http('Count', 'Sum');
  }

  httpErrors(kind: '4xx' | '5xx'): Metric {
    return this.#http(kind, 'Sum');
  }

  httpLatency(): Metric {
    return this.#http('Latency', 'p95');
  }

  #own(metricName: string, statistic: string, per: Duration): Metric {
    const dimensionsMap = { service: metricsService(this.#stage) };
    return new Metric({
      namespace: metricsNamespace,
      metricName,
      dimensionsMap,
      statistic,
      period: per,
    });
  }

  #ofTables(metricName: string): Metric[] {
    return this.#tables.map(
      (TableName) =>
        new Metric({
          namespace: 'AWS/DynamoDB',
          metricName,
          dimensionsMap: { TableName },
          statistic: 'Sum',
          period,
        }),
    );
  }

  #queue(queue: string, metricName: string): Metric {
    return new Metric({
      namespace: 'AWS/SQS',
      metricName,
      dimensionsMap: { QueueName: `llm-${this.#stage}-${queue}` },
      statistic: 'Maximum',
      period,
    });
  }

  #function(entry: string, metricName: string, statistic: string, suffix = ''): Metric {
    const name = functionName(this.#stage, entry, suffix);
    return new Metric({
      namespace: 'AWS/Lambda',
      metricName,
      dimensionsMap: { FunctionName: name },
      statistic,
      period,
    });
  }

  #http(metricName: string, statistic: string): Metric {
    return new Metric({
      namespace: 'AWS/ApiGateway',
      metricName,
      dimensionsMap: { ApiId: this.#apiId },
      statistic,
      period,
    });
  }
}
