import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { resourcesOf, synthesizeService } from '../synthesize-service.ts';
import {
  type AlarmProperties,
  findRinging,
  metricName,
  metricsOf,
  type Run,
  type Sample,
} from './evaluate-alarm.ts';

// Each alarm of the template, applied to what CloudWatch would be told in a run.

const variables = { LLM_PROVIDERS: 'kimi,openai,qwen', QWEN_API_KEY: 'secret-of-qwen' };
const { monitoring } = synthesizeService({ variables });
const alarms = new Map(
  resourcesOf(monitoring, 'AWS::CloudWatch::Alarm').map(([id, { Properties }]) => [
    id.replace(/[0-9A-F]{8}$/, ''),
    Properties as AlarmProperties,
  ]),
);
const minute = 60;
const hour = 60 * minute;
const providers = ['kimi', 'openai', 'qwen'];

const each = (count: number, every: number, value: (index: number) => number): Sample[] =>
  Array.from({ length: count }, (_, index) => ({ at: index * every + 1, value: value(index) }));
const everyMinute = (value: (minute: number) => number) => each(60, minute, value);
const rush = (at: number) => (at >= 20 && at < 40 ? 1 : 0);

/**
 * An hour as it should be: a rush in its middle. Urgent tasks wait for some minutes then, workers refuse calls that are
 * queued, a table is throttled for a moment while it grows, one call takes eleven minutes.
 */
function healthy(): Map<string, Sample[]> {
  const run = new Map<string, Sample[]>([
    // A worker refuses direct calls while all of it is busy; Lambda counts them for the account, too.
    ['Throttles', everyMinute((at) => 40 * rush(at))],
    ['UrgentWaitSeconds llm-test', everyMinute((at) => 2 + 240 * rush(at))],
    ['SpentUsd llm-test', everyMinute((at) => 0.02 + 0.2 * rush(at))],
    ['IteratorAge llm-test-publish-task-event', each(3_600, 1, (at) => 120 + 4_000 * rush(at / 60))],
    ['5xx ApiId', everyMinute(() => 0)],
    ['WriteThrottleEvents TableName', [{ at: 20 * minute, value: 4 }]],
    ['ApproximateNumberOfMessagesVisible llm-test-webhooks-dead', everyMinute(() => 0)],
    ['ApproximateNumberOfMessagesVisible llm-test-events-dead', everyMinute(() => 0)],
  ]);
  for (const provider of providers) {
    run.set(
      `Throttles llm-test-process-task-${provider}`,
      everyMinute((at) => 20 * rush(at)),
    );
    run.set(
      `Errors llm-test-process-task-${provider}`,
      everyMinute(() => 0),
    );
    // Of the queue: its oldest message is that of the call of eleven minutes.
    run.set(
      `ApproximateAgeOfOldestMessage llm-test-${provider}-high`,
      everyMinute((at) => Math.min(at, 11) * 60),
    );
    run.set(
      `ApproximateNumberOfMessagesVisible llm-test-${provider}-dead`,
      everyMinute(() => 0),
    );
  }
  for (const name of [
    'submit-task',
    'serve-stream',
    'publish-task-event',
    'count-task-changes',
    'deliver-webhook',
    'sweep',
  ]) {
    run.set(
      `Errors llm-test-${name}`,
      everyMinute(() => 0),
    );
    run.set(
      `Throttles llm-test-${name}`,
      everyMinute(() => 0),
    );
  }
  return run;
}

function ringing(run: Run): string[] {
  return [...alarms].filter(([, alarm]) => findRinging(alarm, run, hour).length > 0).map(([name]) => name);
}

test('in a healthy hour, and in one without any traffic, no alarm rings', () => {
  assert.deepEqual(ringing(healthy()), []);
  assert.deepEqual(ringing(new Map()), []);
});

/** What a run is told in place of what it has there, and the alarms that ring for it. */
const illnesses: [what: string, changes: Record<string, Sample[]>, alarms: string[]][] = [
  [
    'a webhook is given up',
    { 'ApproximateNumberOfMessagesVisible llm-test-webhooks-dead': everyMinute((at) => (at > 30 ? 1 : 0)) },
    ['DeadLetters'],
  ],
  [
    'an event cannot be delivered on its way for a day',
    { 'ApproximateNumberOfMessagesVisible llm-test-events-dead': everyMinute((at) => (at > 30 ? 1 : 0)) },
    ['DeadLetters'],
  ],
  [
    'a task message stays in a dead-letter queue, since the sweeper cannot read it',
    {
      'ApproximateNumberOfMessagesVisible llm-test-qwen-dead': everyMinute((at) => (at > 30 ? 2 : 0)),
      'Errors llm-test-sweep': everyMinute((at) => (at % 16 === 15 ? 1 : 0)),
    },
    ['ServiceErrors'],
  ],
  [
    'one worker of the third provider runs out of memory',
    { 'Errors llm-test-process-task-qwen': [{ at: 1_000, value: 1 }] },
    ['WorkerErrors'],
  ],
  [
    'an urgent task waits for longer than ten minutes, its message received again and again',
    { 'UrgentWaitSeconds llm-test': everyMinute((at) => at * 60) },
    ['UrgentWait'],
  ],
  ...[
    '5xx ApiId',
    ...['serve-stream', 'count-task-changes', 'deliver-webhook', 'sweep', 'run-batches'].map(errorsOf),
  ].map((name): [string, Record<string, Sample[]>, string[]] => [
    `${name} counts a failure`,
    { [name]: [{ at: 2_000, value: 1 }] },
    ['ServiceErrors'],
  ]),
  [
    'a channel of events takes nothing for some minutes',
    { 'ApproximateNumberOfMessagesVisible llm-test-events': everyMinute((at) => (at % 30 > 25 ? 40 : 0)) },
    ['ServiceErrors'],
  ],
  [
    'the stream function cannot start for ten minutes',
    {
      'IteratorAge llm-test-publish-task-event': everyMinute((at) =>
        at > 30 && at < 40 ? (at - 30) * 60_000 : 100,
      ),
    },
    ['StreamLag'],
  ],
  [
    'the publisher fails with each event',
    {
      'Errors llm-test-publish-task-event': everyMinute((at) => (at > 30 ? 9 : 0)),
      'IteratorAge llm-test-publish-task-event': everyMinute((at) => Math.max(at - 30, 0) * 60_000),
    },
    ['StreamLag'],
  ],
  [
    'a circuit opens for a minute, while urgent tasks wait for five',
    { 'UrgentWaitSeconds llm-test': [...everyMinute(() => 300), { at: 1_801, value: -1 }] },
    ['CircuitOpen'],
  ],
  [
    'two circuits are open, and urgent tasks wait',
    {
      'UrgentWaitSeconds llm-test': [...everyMinute((at) => at * 60), ...everyMinute(() => -2)],
    },
    ['UrgentWait', 'CircuitOpen'],
  ],
  [
    "the account's concurrency is used up, and the API's functions cannot start",
    {
      'Throttles llm-test-submit-task': everyMinute((at) => (at > 30 ? 8 : 0)),
      '5xx ApiId': everyMinute((at) => (at > 30 ? 8 : 0)),
    },
    ['ServiceErrors'],
  ],
  [
    "the account's concurrency is used up, and streams cannot start",
    { 'Throttles llm-test-serve-stream': everyMinute((at) => (at > 30 ? 8 : 0)) },
    ['Throttles'],
  ],
  [
    'a table refuses reads for minutes, and requests fail for it',
    {
      'ReadThrottleEvents TableName': everyMinute((at) => (at > 30 ? 90 : 0)),
      '5xx ApiId': everyMinute((at) => (at > 30 ? 2 : 0)),
    },
    ['ServiceErrors'],
  ],
  [
    'a table refuses writes for minutes',
    { 'WriteThrottleEvents TableName': everyMinute((at) => (at > 30 ? 90 : 0)) },
    ['Throttles'],
  ],
  [
    'a caller runs wild: more than ten dollars in the hour',
    { 'SpentUsd llm-test': everyMinute(() => 0.2) },
    ['SpendPerHour'],
  ],
];

function errorsOf(name: string): string {
  return `Errors llm-test-${name}`;
}

for (const [what, changes, expected] of illnesses)
  test(`${expected.join(' and ')} ring alone when ${what}`, () => {
    assert.deepEqual(ringing(new Map([...healthy(), ...Object.entries(changes)])), expected);
  });

test('each alarm was seen ringing, and each metric that it is on', () => {
  assert.deepEqual(
    [...new Set(illnesses.flatMap(([, , names]) => names))].toSorted(),
    [...alarms.keys()].toSorted(),
  );
  const seen = new Set(illnesses.flatMap(([, changes]) => Object.keys(changes)));
  const kinds = new Set([...seen].map((name) => name.split(' ')[0]));
  for (const alarm of alarms.values())
    for (const metric of metricsOf(alarm))
      assert.ok(seen.has(metricName(metric)) || kinds.has(metric.MetricName));
});

test('a period that breaches rings only as often as the alarm asks for, and missing data as it says', () => {
  const alarm: AlarmProperties = {
    ...{ Namespace: 'N', MetricName: 'm', Statistic: 'Sum', Period: 60, Threshold: 1 },
    ...{ ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 3, DatapointsToAlarm: 2 },
  };
  const run: Run = new Map([
    [
      'm',
      [
        { at: 0, value: 1 },
        { at: 59, value: 1 },
        { at: 61, value: 1 },
        { at: 130, value: 2 },
      ],
    ],
  ]);
  assert.deepEqual(findRinging(alarm, run, 240), [180]);
  assert.deepEqual(findRinging({ ...alarm, TreatMissingData: 'breaching' }, run, 240), [180, 240]);
  assert.deepEqual(findRinging({ ...alarm, DatapointsToAlarm: 3 }, run, 240), []);
  const math: AlarmProperties = {
    ...alarm,
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    Metrics: [
      { Id: 'e', Expression: 'SUM([FILL(m0,0),FILL(m1,0)])' },
      { Id: 'm0', MetricStat: { Metric: { Namespace: 'N', MetricName: 'm' }, Stat: 'Sum', Period: 60 } },
      { Id: 'm1', MetricStat: { Metric: { Namespace: 'N', MetricName: 'none' }, Stat: 'Sum', Period: 60 } },
    ],
  };
  delete math.Period;
  assert.deepEqual(findRinging(math, run, 240), [60, 180]);
});

test('what the alarms cost is what the manual says, for its three providers', () => {
  // https://aws.amazon.com/cloudwatch/pricing: of a standard resolution, for each metric that an alarm is on.
  const cents = 10 * [...alarms.values()].flatMap(metricsOf).length;
  const manual = readFileSync(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8');
  const [, told] = /the alarms are \$(\d\.\d\d) \(by the metrics that\s+they are on\)/.exec(manual) ?? [];
  assert.equal(told, (cents / 100).toFixed(2));
});
