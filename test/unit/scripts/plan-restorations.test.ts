import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planRestorations } from '../../../scripts/emulator/plan-restorations.ts';

test("restores a table's time to live, a function's reservation and loop setting, and an API's CORS", () => {
  const resources = {
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: { TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } },
    },
    Worker: {
      Type: 'AWS::Lambda::Function',
      Properties: { ReservedConcurrentExecutions: 3, RecursiveLoop: 'Allow', Timeout: 900 },
    },
    Api: {
      Type: 'AWS::ApiGatewayV2::Api',
      Properties: { CorsConfiguration: { AllowOrigins: ['*'], MaxAge: 600 } },
    },
  };
  const ids = new Map([
    ['Table', 'llm-dev-table'],
    ['Worker', 'llm-dev-worker'],
    ['Api', 'abc123'],
  ]);
  assert.deepEqual(planRestorations(resources, ids), [
    { kind: 'time to live', table: 'llm-dev-table', attribute: 'ttl' },
    { kind: 'reserved concurrency', functionName: 'llm-dev-worker', executions: 3 },
    { kind: 'recursive loop', functionName: 'llm-dev-worker', setting: 'Allow' },
    { kind: 'cors', apiId: 'abc123', configuration: { allowOrigins: ['*'], maxAge: 600 } },
  ]);
});

test('keeps a reservation of zero, which switches a function off', () => {
  const resources = {
    Off: { Type: 'AWS::Lambda::Function', Properties: { ReservedConcurrentExecutions: 0 } },
  };
  assert.deepEqual(planRestorations(resources, new Map([['Off', 'off']])), [
    { kind: 'reserved concurrency', functionName: 'off', executions: 0 },
  ]);
});

test('plans nothing where nothing has to be restored, deployed or not', () => {
  const resources = {
    Table: { Type: 'AWS::DynamoDB::Table', Properties: {} },
    Function: { Type: 'AWS::Lambda::Function', Properties: {} },
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET' } },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { TimeToLiveSpecification: {} } },
  };
  assert.deepEqual(planRestorations(resources, new Map()), []);
});

test('names a resource that the emulator did not deploy', () => {
  const resources = {
    Worker: { Type: 'AWS::Lambda::Function', Properties: { ReservedConcurrentExecutions: 3 } },
  };
  assert.throws(
    () => planRestorations(resources, new Map()),
    /did not deploy Worker \(AWS::Lambda::Function\)/,
  );
});
