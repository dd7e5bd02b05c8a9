import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertKept, deployed } from './kept-names.ts';
import { resourcesOf } from './synthesize-service.ts';

const { service, monitoring } = deployed;

interface WatchedMetric {
  Namespace: string;
  MetricName: string;
  Dimensions?: { Name: string; Value: unknown }[];
}

/** An alarm is on one metric, or on what is computed of several. */
type AlarmProperties = WatchedMetric & { Metrics?: { MetricStat?: { Metric: WatchedMetric } }[] };

const queueDepth = 'AWS/SQS ApproximateNumberOfMessagesVisible QueueName=llm-dev-';
const functionErrors = 'AWS/Lambda Errors FunctionName=llm-dev-';
const metricReason = 'The history of a metric, and dashboards and alarms of others, hang on its name.';

test('alarms watch the metrics that they always watched', () => {
  const watched = resourcesOf(monitoring, 'AWS::CloudWatch::Alarm').flatMap(([, alarm]) => {
    const { Metrics, ...own } = alarm.Properties as unknown as AlarmProperties;
    const metrics = Metrics?.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []) ?? [own];
    return metrics.map(({ Namespace, MetricName, Dimensions = [] }) => {
      const dimensions = Dimensions.map(({ Name, Value }) =>
        // The API's id and the tables' names are known to AWS alone.
        typeof Value === 'string' ? `${Name}=${Value}` : Name,
      );
      return [[Namespace, MetricName, ...dimensions].join(' '), ''];
    });
  });
  const expected = [
    ...['webhooks-dead', 'events-dead'].map((name) => queueDepth + name),
    ...['process-task-kimi', 'process-task-openai', 'count-task-changes', 'deliver-webhook', 'sweep'].map(
      (name) => functionErrors + name,
    ),
    'AWS/Lambda IteratorAge FunctionName=llm-dev-publish-task-event',
    'AWS/ApiGateway 5xx ApiId',
    'AWS/Lambda Throttles FunctionName=llm-dev-serve-stream',
    'LlmService UrgentWaitSeconds service=llm-dev',
    'LlmService SpentUsd service=llm-dev',
  ];
  assertKept(
    Object.fromEntries(watched),
    Object.fromEntries(expected.map((name) => [name, ''])),
    metricReason,
  );
});

test('the service counts under the names that it always had', () => {
  for (const [id, { Properties }] of resourcesOf(service, 'AWS::Lambda::Function')) {
    const { POWERTOOLS_METRICS_NAMESPACE, POWERTOOLS_SERVICE_NAME } = Properties.Environment.Variables;
    const named = `${POWERTOOLS_METRICS_NAMESPACE} service=${POWERTOOLS_SERVICE_NAME}`;
    assert.equal(named, 'LlmService service=llm-dev', `${id}: ${metricReason}`);
  }
  const functions = join(import.meta.dirname, '../../functions');
  const sources = readdirSync(functions, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(functions, name), 'utf8'))
    .join('\n');
  for (const name of ['UrgentWaitSeconds', 'SpentUsd'])
    assert.ok(sources.includes(`'${name}'`), `No function counts ${name} any more. ${metricReason}`);
});
