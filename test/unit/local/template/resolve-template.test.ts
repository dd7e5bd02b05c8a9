import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Stack, Template } from '../../../../local/template/cloud-assembly.ts';
import { resolveTemplates } from '../../../../local/template/resolve-template.ts';
import { refuseUnknownResources } from '../../../../local/template/resource-types.ts';

const stack = (name: string, template: Template): Stack => ({ name, template });

const parameterOf = (value: unknown, template: Template = {}) => {
  const Resources = {
    ...template.Resources,
    P: { Type: 'AWS::SSM::Parameter', Properties: { Name: 'p', Value: value } },
  };
  const { resources } = resolveTemplates([stack('one', { ...template, Resources })], 'eu-west-1');
  return resources.find(({ id }) => id === 'P')?.properties.Value;
};

const queue = { Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work' } } };

describe('templates', () => {
  it('resolves references, attributes and pseudo parameters', () => {
    assert.equal(
      parameterOf({ Ref: 'Q' }, { Resources: queue }),
      'https://sqs.eu-west-1.amazonaws.com/000000000000/work',
    );
    assert.equal(
      parameterOf({ 'Fn::GetAtt': ['Q', 'Arn'] }, { Resources: queue }),
      'arn:aws:sqs:eu-west-1:000000000000:work',
    );
    assert.equal(parameterOf({ Ref: 'AWS::Region' }), 'eu-west-1');
    assert.equal(parameterOf({ Ref: 'AWS::NoValue' }), undefined);
  });

  it('builds the same queue URL from its parts as from a reference', () => {
    const parts = [
      'https://sqs.',
      { Ref: 'AWS::Region' },
      '.',
      { Ref: 'AWS::URLSuffix' },
      '/',
      { Ref: 'AWS::AccountId' },
      '/work',
    ];
    assert.equal(parameterOf({ 'Fn::Join': ['', parts] }), parameterOf({ Ref: 'Q' }, { Resources: queue }));
  });

  it('resolves string functions and conditions', () => {
    assert.equal(
      parameterOf({ 'Fn::Sub': `\${Q.Arn}/\${AWS::Region}/\${!kept}` }, { Resources: queue }),
      `arn:aws:sqs:eu-west-1:000000000000:work/eu-west-1/\${kept}`,
    );
    assert.equal(parameterOf({ 'Fn::Sub': [`\${a}-b`, { a: { Ref: 'AWS::Partition' } }] }), 'aws-b');
    assert.equal(parameterOf({ 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }), 'b');
    const Here = {
      'Fn::And': [
        { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
        { 'Fn::Not': [{ Condition: 'Gone' }] },
      ],
    };
    const Conditions = { Here, Gone: { 'Fn::Equals': ['a', 'b'] } };
    assert.equal(parameterOf({ 'Fn::If': ['Here', 'yes', 'no'] }, { Conditions }), 'yes');
    const Mappings = { M: { a: { b: 'mapped' } } };
    assert.equal(parameterOf({ 'Fn::FindInMap': ['M', 'a', 'b'] }, { Mappings }), 'mapped');
  });

  it('imports what another stack exports, in whatever order they come', () => {
    const importer = stack('importer', {
      Resources: {
        P: { Type: 'AWS::SSM::Parameter', Properties: { Value: { 'Fn::ImportValue': 'storage:Q' } } },
      },
    });
    const exporter = stack('exporter', {
      Resources: queue,
      Outputs: { O: { Value: { 'Fn::GetAtt': ['Q', 'QueueName'] }, Export: { Name: 'storage:Q' } } },
    });
    const { resources } = resolveTemplates([importer, exporter], 'eu-west-1');
    assert.equal(resources[0]?.properties.Value, 'work');
    assert.throws(
      () => resolveTemplates([importer], 'eu-west-1'),
      /importer imports storage:Q, which no stack exports/,
    );
  });

  it('names what it cannot resolve', () => {
    assert.throws(() => parameterOf({ Ref: 'Nothing' }), /refers to Nothing/);
    assert.throws(() => parameterOf({ 'Fn::GetAZs': '' }), /does not know Fn::GetAZs/);
    assert.throws(
      () => parameterOf({ 'Fn::GetAtt': ['Q', 'Color'] }, { Resources: queue }),
      /attribute Color of AWS::SQS::Queue \(Q/,
    );
    assert.throws(() => parameterOf('{{resolve:ssm:secret}}'), /Dynamic references/);
  });

  it('leaves out a resource whose condition does not hold', () => {
    const Resources = { Q: { ...queue.Q, Condition: 'Never' } };
    const Conditions = { Never: { 'Fn::Equals': ['a', 'b'] } };
    assert.deepEqual(resolveTemplates([stack('one', { Resources, Conditions })], 'eu-west-1').resources, []);
  });

  it('refuses a resource type it does not know, by name', () => {
    const Resources = { Feed: { Type: 'AWS::Kinesis::Stream' }, ...queue };
    assert.throws(
      () => refuseUnknownResources([stack('one', { Resources })]),
      /AWS::Kinesis::Stream \(Feed in one\)/,
    );
  });
});
