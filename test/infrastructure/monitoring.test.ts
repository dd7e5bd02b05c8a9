import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { resourcesOf, synthesizeService } from './synthesize-service.ts';

const { service, monitoring } = synthesizeService();
const alarms = resourcesOf(monitoring, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
const names = (type: string, property: string) =>
  resourcesOf(service, type).map(([, { Properties }]) => Properties[property] as string);
const dimensions = (name: string): string[] =>
  alarms.flatMap(({ Dimensions = [] }) =>
    Dimensions.flatMap((one: { Name: string; Value: string }) => (one.Name === name ? [one.Value] : [])),
  );

test('every dead-letter queue has an alarm', () => {
  const watched = dimensions('QueueName');
  for (const queue of names('AWS::SQS::Queue', 'QueueName').filter((name) => name.endsWith('-dead')))
    assert.ok(watched.includes(queue), queue);
});

test('alarms name queues and functions that exist', () => {
  const queues = names('AWS::SQS::Queue', 'QueueName');
  const functions = names('AWS::Lambda::Function', 'FunctionName');
  for (const queue of dimensions('QueueName')) assert.ok(queues.includes(queue), queue);
  for (const name of dimensions('FunctionName')) assert.ok(functions.includes(name), name);
});

test('each alarm has a description, notifies the topic and is quiet without data', () => {
  for (const alarm of alarms) {
    assert.ok(alarm.AlarmDescription);
    assert.equal(alarm.AlarmActions.length, 1);
    assert.equal(alarm.TreatMissingData, 'notBreaching');
  }
});

test('the alarm about repairs watches the metric that the sweeper counts', () => {
  const alarm = alarms.find(({ MetricName }) => MetricName === 'SweeperRepairs');
  assert.equal(alarm?.Namespace, 'LlmService');
  assert.deepEqual(alarm?.Dimensions, [{ Name: 'service', Value: 'llm-test' }]);
  const sweep = readFileSync(join(import.meta.dirname, '../../functions/schedule/sweep.ts'), 'utf8');
  // Namespace and service come from the environment, so that two stages of an account do not share a metric.
  assert.match(sweep, /new Metrics\(\)/);
  assert.match(sweep, /'SweeperRepairs'/);
});
