import {
  ComparisonOperator,
  type CreateAlarmOptions,
  type Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Settings } from '../config/settings.ts';
import { constructId } from './function-definition.ts';
import type { ServiceMetrics } from './service-metrics.ts';
import { eventPublisher, sweeper, webhookDeliverer } from './triggered-functions.ts';

export interface AlarmDescription extends Omit<CreateAlarmOptions, 'evaluationPeriods'> {
  id: string;
  metric: Metric;
}

/**
 * Seconds. An urgent task should wait about as long as a call takes; minutes mean that a provider is down.
 */
const longestUrgentWait = 600;
/** Milliseconds. Above this, callers notice that events are late. */
const longestStreamLag = 60_000;

/** Every alarm. docs/operations.md has a section for each. */
export function describeAlarms(settings: Settings, metrics: ServiceMetrics): AlarmDescription[] {
  const whenAny = (id: string, metric: Metric, alarmDescription: string): AlarmDescription => ({
    id,
    metric,
    alarmDescription,
    threshold: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  const whenAbove = (id: string, metric: Metric, threshold: number, alarmDescription: string) => ({
    ...whenAny(id, metric, alarmDescription),
    threshold,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
  });
  return [
    ...metrics
      .deadLetterQueues(settings)
      .map((queue) =>
        whenAny(`Dead-${queue}`, metrics.queueDepth(queue), `Messages in the dead-letter queue ${queue}`),
      ),
    ...settings.providers.flatMap(({ name }) => [
      whenAny(
        `WorkerErrors-${name}`,
        metrics.workerErrors(name),
        `The worker of ${name} crashed or timed out`,
      ),
      whenAbove(
        `UrgentWait-${name}`,
        metrics.oldestMessage(`${name}-high`),
        longestUrgentWait,
        `A high-priority task of ${name} waits for over ${longestUrgentWait} s`,
      ),
    ]),
    whenAny(
      'SweeperRepairs',
      metrics.sweeperRepairs(),
      'The sweeper repaired what a crash had left half done',
    ),
    ...[eventPublisher, webhookDeliverer, sweeper].map(({ entry }) =>
      whenAny(`Errors-${constructId(entry)}`, metrics.functionErrors(entry), `${entry} fails`),
    ),
    whenAbove(
      'StreamLag',
      metrics.streamLag(eventPublisher.entry),
      longestStreamLag,
      'Events are published over a minute late',
    ),
    whenAny('Http5xx', metrics.httpErrors('5xx'), 'The HTTP API answered with a server error'),
  ];
}
