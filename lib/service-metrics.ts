import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { taskQueueNames } from '../config/queue-names.ts';
import type { Settings } from '../config/settings.ts';
import { functionName } from './function-definition.ts';
import { metricsNamespace, metricsService, sweeperRepairs } from './metric-names.ts';
import { worker } from './triggered-functions.ts';

const period = Duration.minutes(5);

/**
 * Metrics by physical name rather than by reference: a reference would export the name of every queue and
 * function of ServiceStack, and CloudFormation refuses to remove a provider whose export is still imported.
 */
export class ServiceMetrics {
  readonly #stage: string;
  readonly #apiId: string;

  constructor(stage: string, apiId: string) {
    this.#stage = stage;
    this.#apiId = apiId;
  }

  queueDepth(queue: string): Metric {
    return this.#queue(queue, 'ApproximateNumberOfMessagesVisible');
  }

  /** Seconds. */
  oldestMessage(queue: string): Metric {
    return this.#queue(queue, 'ApproximateAgeOfOldestMessage');
  }

  /** Names of the dead-letter queues, without prefix. */
  deadLetterQueues(settings: Settings): string[] {
    return [...settings.providers.map(({ name }) => `${name}-dead`), 'webhooks-dead', 'events-dead'];
  }

  deadLetters(settings: Settings): Metric[] {
    return this.deadLetterQueues(settings).map((queue) => this.queueDepth(queue));
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

  sweeperRepairs(): Metric {
    return new Metric({
      namespace: metricsNamespace,
      metricName: sweeperRepairs,
      dimensionsMap: { service: metricsService(this.#stage) },
      statistic: 'Sum',
      period,
    });
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
