import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Template } from '../../../../local/template/cloud-assembly.ts';
import { refuseUnknown } from '../../../../local/template/known-resources.ts';

const check = (template: Template) => refuseUnknown([{ name: 'one', template }]);

describe('parts of a template that the host does not know', () => {
  it('are refused by type', () => {
    const Queue = { Type: 'AWS::SQS::Queue' };
    const types = [
      'AWS::CDK::Metadata',
      'AWS::Events::Rule',
      'AWS::IAM::ManagedPolicy',
      'AWS::Kinesis::Stream',
      'AWS::Lambda::EventInvokeConfig',
      'AWS::ApiGatewayV2::RouteResponse',
      'AWS::SSM::Parameter',
    ];
    for (const Type of types) {
      assert.throws(
        () => check({ Resources: { Queue, Other: { Type } } }),
        new RegExp(`${Type} \\(Other in one\\)`),
      );
    }
    check({ Resources: { Queue } });
  });

  it('are refused by property', () => {
    const cases: [type: string, property: string][] = [
      ['AWS::ApiGatewayV2::Authorizer', 'EnableSimpleResponses'],
      ['AWS::ApiGatewayV2::Route', 'RouteResponseSelectionExpression'],
      ['AWS::DynamoDB::Table', 'LocalSecondaryIndexes'],
      ['AWS::IAM::Role', 'ManagedPolicyArns'],
      ['AWS::IAM::Role', 'Policies'],
      ['AWS::Lambda::Function', 'Layers'],
      ['AWS::Lambda::Url', 'Qualifier'],
      ['AWS::SQS::Queue', 'DelaySeconds'],
      ['AWS::SQS::Queue', 'FifoQueue'],
      ['AWS::SQS::Queue', 'MaximumMessageSize'],
      ['AWS::SQS::Queue', 'ReceiveMessageWaitTimeSeconds'],
    ];
    for (const [Type, property] of cases) {
      const Resources = { Some: { Type, Properties: { Tags: [], [property]: 'any' } } };
      assert.throws(() => check({ Resources }), new RegExp(`${Type}\\.${property} \\(Some in one\\)`));
    }
  });

  it('are refused by section', () => {
    const template = { Resources: {}, Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } }, Mappings: {} };
    assert.throws(() => check(template), /Conditions of one, Mappings of one/);
  });

  it('are named all at once', () => {
    const Resources = {
      A: { Type: 'AWS::A' },
      B: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } },
    };
    assert.throws(() => check({ Resources }), /AWS::A \(A in one\), AWS::SQS::Queue.FifoQueue \(B in one\)/);
  });
});
