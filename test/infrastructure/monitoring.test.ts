import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Template } from 'aws-cdk-lib/assertions';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { alarmMetrics } from '../../lib/alarms.ts';
import { awsTarget, emulatorTarget } from '../../lib/deployment-target.ts';
import { spentUsd, urgentWait } from '../../lib/metric-names.ts';
import { readGraphMetrics, readText } from './dashboard-metrics.ts';
import { type Resource, resourcesOf, synthesizeService } from './synthesize-service.ts';

interface WatchedMetric {
  Namespace: string;
  MetricName: string;
  Dimensions?: { Name: string; Value: unknown }[];
}

const { service, monitoring } = synthesizeService();
const root = join(import.meta.dirname, '../..');
const alarmsOf = (template: Template) => resourcesOf(template, 'AWS::CloudWatch::Alarm');
/** Without the hash at its end. */
const nameOf = (logicalId: string) => logicalId.replace(/[0-9A-F]{8}$/, '');
/** Every metric that an alarm is on, or is computed of. */
const watchedBy = ({ Metrics, ...own }: Resource['Properties']): WatchedMetric[] =>
  Metrics
    ? (Metrics as { MetricStat?: { Metric: WatchedMetric } }[]).flatMap(
        ({ MetricStat }) => MetricStat?.Metric ?? [],
      )
    : [own as WatchedMetric];
const watched = alarmsOf(monitoring).flatMap(([, { Properties }]) => watchedBy(Properties));
const names = (type: string, property: string) =>
  resourcesOf(service, type).map(([, { Properties }]) => Properties[property] as string);
const dimensions = (name: string): unknown[] =>
  watched.flatMap(({ Dimensions = [] }) =>
    Dimensions.flatMap((one) => (one.Name === name ? [one.Value] : [])),
  );
const sources = readdirSync(join(root, 'functions'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(root, 'functions', name), 'utf8'))
  .join('\n');
const emitted = [...sources.matchAll(/addMetric\(\s*([^,]*),/g)].map(([, name]) => name);

test('there are eight alarms, however many providers there are up to eight', () => {
  const LLM_PROVIDERS = 'kimi,openai,qwen,deepseek,gemini,anthropic,bedrock,simulated';
  const variables = { LLM_PROVIDERS, ...keys(LLM_PROVIDERS) };
  for (const template of [monitoring, synthesizeService({ variables }).monitoring])
    assert.equal(alarmsOf(template).length, 8);
});

/** Their values are in no template. */
function keys(providers: string): Record<string, string> {
  return Object.fromEntries(providers.split(',').map((name) => [`${name.toUpperCase()}_API_KEY`, 'k']));
}

test('no alarm is on more than the ten metrics that CloudWatch allows', () => {
  for (const [id, { Properties }] of alarmsOf(monitoring)) assert.ok(watchedBy(Properties).length <= 10, id);
});

test('what is more than ten metrics gets another alarm for the rest', () => {
  const metrics = Array.from(
    { length: 11 },
    (_, index) => new Metric({ namespace: 'AWS/SQS', metricName: `m${index}` }),
  );
  const [first, second, ...rest] = alarmMetrics({ id: 'Many', metrics, join: 'MAX', threshold: 0 });
  assert.deepEqual([first?.[0], second?.[0], rest.length], ['Many', 'Many2', 0]);
  assert.ok(first?.[1] instanceof MathExpression);
  assert.equal(Object.keys(first[1].usingMetrics).length, 10);
  assert.match(first[1].expression, /^MAX\(\[FILL\(m0,0\),.*FILL\(m9,0\)\]\)$/);
  assert.equal(second?.[1], metrics[10]);
});

test('each alarm has a section of its own in the operations manual, and each section an alarm', () => {
  const manual = readFileSync(join(root, 'docs/operations.md'), 'utf8');
  const part = manual.slice(manual.indexOf('## Alarms'), manual.indexOf('## What happens when'));
  const sections = [...part.matchAll(/^### `?(\w+)`?$/gm)].map(([, name]) => name);
  assert.deepEqual(
    sections,
    alarmsOf(monitoring).map(([id]) => nameOf(id)),
  );
});

test('the service has two metrics of its own, and alarms on both; each function emits just these', () => {
  assert.deepEqual([...new Set(emitted)].sort(), [`'${urgentWait}'`, `'${spentUsd}'`].sort());
  // Namespace and service come from the environment, so that two stages of an account do not share a metric.
  assert.equal(/new Metrics\([^)]/.test(sources), false);
  assert.doesNotMatch(sources, /addDimension|singleMetric/);
  const own = watched.filter(({ Namespace }) => Namespace === 'LlmService');
  assert.deepEqual(
    [...new Set(own.map(({ MetricName }) => MetricName))].sort(),
    [urgentWait, spentUsd].sort(),
  );
  for (const { Dimensions } of own) assert.deepEqual(Dimensions, [{ Name: 'service', Value: 'llm-test' }]);
});

test('what alarms and dashboard read is one of these two, or a metric of AWS', () => {
  const shown = readGraphMetrics(monitoring);
  assert.ok(shown.length > 20);
  const read = [...watched.map(({ Namespace, MetricName }) => `${Namespace} ${MetricName}`), ...shown];
  const known = [
    `LlmService ${urgentWait}`,
    `LlmService ${spentUsd}`,
    ...['4xx', '5xx', 'Count', 'Latency'].map((name) => `AWS/ApiGateway ${name}`),
    'AWS/SQS ApproximateNumberOfMessagesVisible',
    ...['Errors', 'Duration', 'Throttles', 'ConcurrentExecutions', 'IteratorAge'].map(
      (name) => `AWS/Lambda ${name}`,
    ),
    ...['ReadThrottleEvents', 'WriteThrottleEvents', 'ConsumedWriteCapacityUnits'].map(
      (name) => `AWS/DynamoDB ${name}`,
    ),
  ];
  assert.deepEqual(
    [...new Set(read)].filter((name) => !known.includes(name)),
    [],
  );
});

test('the dashboard answers three questions, a row each', () => {
  assert.deepEqual(readText(monitoring), ['## Is it healthy?', '## What waits?', '## What does it cost?']);
});

test('every dead-letter queue has an alarm, but for those that the sweeper empties, which fails where it cannot', () => {
  const queues = dimensions('QueueName');
  const swept = new Set(['llm-test-kimi-dead', 'llm-test-openai-dead']);
  for (const queue of names('AWS::SQS::Queue', 'QueueName').filter((name) => name.endsWith('-dead')))
    assert.ok(queues.includes(queue) || swept.has(queue), queue);
  assert.ok(dimensions('FunctionName').includes('llm-test-sweep'));
});

test('alarms name queues and functions that exist', () => {
  const queues: unknown[] = names('AWS::SQS::Queue', 'QueueName');
  const functions: unknown[] = names('AWS::Lambda::Function', 'FunctionName');
  for (const queue of dimensions('QueueName')) assert.ok(queues.includes(queue), String(queue));
  for (const name of dimensions('FunctionName')) assert.ok(functions.includes(name), String(name));
});

test('each alarm has a description, notifies the topic and is quiet without data', () => {
  for (const [, { Properties: alarm }] of alarmsOf(monitoring)) {
    assert.ok(alarm.AlarmDescription);
    assert.equal(alarm.AlarmActions.length, 1);
    assert.equal(alarm.TreatMissingData, 'notBreaching');
  }
});

test('of an invocation that goes well Lambda itself logs nothing', () => {
  for (const [id, { Properties }] of resourcesOf(service, 'AWS::Lambda::Function')) {
    const { LogFormat, SystemLogLevel, ApplicationLogLevel } = Properties.LoggingConfig;
    // Of functions what is INFO and above, which is all that they write.
    assert.deepEqual([LogFormat, SystemLogLevel, ApplicationLogLevel], ['JSON', 'WARN', undefined], id);
  }
});

test('the alarm on spend has the threshold of its variable, over an hour', () => {
  const spendOf = (variables: Record<string, string>) =>
    alarmsOf(synthesizeService({ variables }).monitoring)
      .map(([, { Properties }]) => Properties)
      .find(({ MetricName }) => MetricName === spentUsd);
  assert.equal(spendOf({})?.Threshold, 10);
  const alarm = spendOf({ LLM_ALARM_SPEND_PER_HOUR: '2.50' });
  assert.deepEqual([alarm?.Threshold, alarm?.Period, alarm?.Statistic], [2.5, 3_600, 'Sum']);
});

test('an emulator, which knows no metric math, gets the alarms on single metrics alone', () => {
  const emulated = synthesizeService({ target: emulatorTarget('http://127.0.0.1:4566') }).monitoring;
  const onAws = synthesizeService({ target: awsTarget(true) }).monitoring;
  const single = alarmsOf(onAws).filter(([, { Properties }]) => !Properties.Metrics);
  assert.deepEqual(
    alarmsOf(emulated).map(([id]) => id),
    single.map(([id]) => id),
  );
  assert.equal(single.length, 4);
});
