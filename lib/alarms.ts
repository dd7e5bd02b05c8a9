import {
  ComparisonOperator,
  type CreateAlarmOptions,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Settings } from '../config/settings.ts';
import { metricPeriod, type ServiceMetrics } from './service-metrics.ts';
import { eventPublisher } from './triggered-functions.ts';

export interface AlarmDescription extends Omit<CreateAlarmOptions, 'evaluationPeriods'> {
  id: string;
  /** The alarm is on one of them, or on what `join` makes of several. */
  metrics: IMetric[];
  join: 'MAX' | 'SUM';
}

/**
 * Seconds. An urgent task should wait about as long as a call takes; minutes mean that a provider is down.
 */
const longestUrgentWait = 600;
/** Milliseconds. Above this, callers notice that events are late. */
const longestStreamLag = 60_000;
/** In five minutes. A few are tried again without anyone noticing. */
const mostThrottles = 10;

/**
 * Every alarm, eight in all: what asks for the same look at the same place is one. docs/operations.md has a section for
 * each.
 */
export function describeAlarms(
  settings: Settings,
  metrics: ServiceMetrics,
  spendPerHour: number,
): AlarmDescription[] {
  const providers = settings.providers.map(({ name }) => name);
  const whenAbove = (
    id: string,
    threshold: number,
    alarmDescription: string,
    join: AlarmDescription['join'],
    ...watched: IMetric[]
  ): AlarmDescription => ({
    id,
    metrics: watched,
    join,
    threshold,
    alarmDescription,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  return [
    whenAbove('DeadLetters', 0, 'Messages in a dead-letter queue', 'MAX', ...metrics.deadLetters()),
    whenAbove(
      'WorkerErrors',
      0,
      "A provider's worker crashed or timed out",
      'SUM',
      ...providers.map((name) => metrics.workerErrors(name)),
    ),
    whenAbove(
      'UrgentWait',
      longestUrgentWait,
      `A high-priority task waits for over ${longestUrgentWait} s`,
      'MAX',
      metrics.urgentWait(),
    ),
    whenAbove(
      'ServiceErrors',
      0,
      'The HTTP API answered with a server error, or streams, counts, webhooks or the sweep fail',
      'SUM',
      ...metrics.serviceErrors(),
    ),
    whenAbove(
      'StreamLag',
      longestStreamLag,
      'Events are published over a minute late',
      'MAX',
      metrics.streamLag(eventPublisher.entry),
    ),
    {
      ...whenAbove('CircuitOpen', 0, "A provider's circuit is open", 'MAX', metrics.circuitsOpen()),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    },
    whenAbove(
      'Throttles',
      mostThrottles,
      `Over ${mostThrottles} starts of streams or writes to the tables were refused in five minutes`,
      'SUM',
      ...metrics.throttles(),
    ),
    whenAbove(
      'SpendPerHour',
      spendPerHour,
      `Calls cost over $${spendPerHour} within an hour (LLM_ALARM_SPEND_PER_HOUR)`,
      'SUM',
      metrics.spendPerHour(),
    ),
  ];
}

/** CloudWatch's bound, which cannot be raised. */
const metricsPerAlarm = 10;

/** What each alarm of a description is on, by its id: one, and another for every ten metrics more. */
export function alarmMetrics({ id, metrics, join }: AlarmDescription): [id: string, metric: IMetric][] {
  const alarms: [string, IMetric][] = [];
  for (let first = 0; first < metrics.length; first += metricsPerAlarm) {
    const group = metrics.slice(first, first + metricsPerAlarm);
    const name = first === 0 ? id : `${id}${first / metricsPerAlarm + 1}`;
    alarms.push([name, joinMetrics(group, join, id)]);
  }
  return alarms;
}

function joinMetrics(metrics: IMetric[], join: AlarmDescription['join'], label: string): IMetric {
  const [only, ...rest] = metrics;
  if (only && rest.length === 0) return only;
  const named = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
  // A function or queue that was not used for a while tells nothing.
  const filled = Object.keys(named).map((name) => `FILL(${name},0)`);
  return new MathExpression({
    expression: `${join}([${filled.join(',')}])`,
    usingMetrics: named,
    period: metricPeriod,
    label,
  });
}
