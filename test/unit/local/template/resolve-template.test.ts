import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Stack, Template } from '../../../../local/template/cloud-assembly.ts';
import { resolveTemplates } from '../../../../local/template/resolve-template.ts';

const stack = (name: string, template: Template): Stack => ({ name, template });

const resolved = (value: unknown, template: Template = {}) => {
  const Resources = {
    ...template.Resources,
    P: { Type: 'Any::Type', Properties: { Value: value } },
  };
  const { resources } = resolveTemplates([stack('one', { ...template, Resources })], 'eu-west-1');
  return resources.find(({ id }) => id === 'P')?.properties.Value;
};

const queue = { Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work' } } };

describe('templates', () => {
  it('resolves references, attributes and pseudo parameters', () => {
    assert.equal(
      resolved({ Ref: 'Q' }, { Resources: queue }),
      'https://sqs.eu-west-1.amazonaws.com/000000000000/work',
    );
    assert.equal(
      resolved({ 'Fn::GetAtt': ['Q', 'Arn'] }, { Resources: queue }),
      'arn:aws:sqs:eu-west-1:000000000000:work',
    );
    assert.equal(resolved({ Ref: 'AWS::Region' }), 'eu-west-1');
    assert.equal(resolved({ Ref: 'AWS::NoValue' }), undefined);
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
    assert.equal(resolved({ 'Fn::Join': ['', parts] }), resolved({ Ref: 'Q' }, { Resources: queue }));
  });

  it('resolves string functions', () => {
    assert.equal(
      resolved({ 'Fn::Sub': `\${Q.Arn}/\${AWS::Region}/\${!kept}` }, { Resources: queue }),
      `arn:aws:sqs:eu-west-1:000000000000:work/eu-west-1/\${kept}`,
    );
    assert.equal(resolved({ 'Fn::Sub': [`\${a}-b`, { a: { Ref: 'AWS::Partition' } }] }), 'aws-b');
    assert.equal(resolved({ 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }), 'b');
  });

  it('imports what another stack exports, in whatever order they come', () => {
    const importer = stack('importer', {
      Resources: {
        P: { Type: 'Any::Type', Properties: { Value: { 'Fn::ImportValue': 'storage:Q' } } },
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
    assert.throws(() => resolved({ Ref: 'Nothing' }), /refers to Nothing/);
    assert.throws(() => resolved({ 'Fn::GetAZs': '' }), /does not know Fn::GetAZs/);
    assert.throws(
      () => resolved({ 'Fn::GetAtt': ['Q', 'Color'] }, { Resources: queue }),
      /attribute Color of AWS::SQS::Queue \(Q/,
    );
    assert.throws(() => resolved('{{resolve:ssm:secret}}'), /Dynamic references/);
  });

  it('refuses conditions and mappings, by name', () => {
    assert.throws(() => resolved({ 'Fn::If': ['Here', 'yes', 'no'] }), /does not know Fn::If/);
    assert.throws(() => resolved({ 'Fn::FindInMap': ['M', 'a', 'b'] }), /does not know Fn::FindInMap/);
  });
});
