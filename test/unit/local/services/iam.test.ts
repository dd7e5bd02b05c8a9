import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Iam } from '../../../../local/services/iam.ts';
import { resolveTemplates } from '../../../../local/template/resolve-template.ts';

const role = 'arn:aws:iam::000000000000:role/worker';

function iamOf(...statements: object[]) {
  const Resources = {
    Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'worker' } },
    Policy: {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyDocument: { Statement: statements }, Roles: [{ Ref: 'Role' }] },
    },
  };
  return new Iam(resolveTemplates([{ name: 'one', template: { Resources } }], 'us-east-1'));
}

const allow = (Action: string | string[], Resource: string | string[], Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});

describe('permissions', () => {
  it('grants only the actions and resources that a statement names', () => {
    const iam = iamOf(allow(['dynamodb:Get*', 'sqs:SendMessage'], 'arn:aws:dynamodb:::table/tasks*'));
    const may = (action: string, resource: string) => iam.isAllowed(role, { action, resource });
    assert.equal(may('dynamodb:GetItem', 'arn:aws:dynamodb:::table/tasks'), true);
    assert.equal(may('dynamodb:getitem', 'arn:aws:dynamodb:::table/tasks/index/by-owner'), true);
    assert.equal(may('dynamodb:PutItem', 'arn:aws:dynamodb:::table/tasks'), false);
    assert.equal(may('dynamodb:GetItem', 'arn:aws:dynamodb:::table/other'), false);
    assert.equal(
      iam.isAllowed('arn:aws:iam::000000000000:role/other', { action: 'sqs:SendMessage', resource: '*' }),
      false,
    );
  });

  it('lets a denial win', () => {
    const iam = iamOf(allow('*', '*'), { Effect: 'Deny', Action: 's3:Delete*', Resource: '*' });
    assert.equal(iam.isAllowed(role, { action: 's3:GetObject', resource: 'arn:aws:s3:::b/k' }), true);
    assert.equal(iam.isAllowed(role, { action: 's3:DeleteObject', resource: 'arn:aws:s3:::b/k' }), false);
  });

  it('reads NotAction and NotResource', () => {
    const iam = iamOf({ Effect: 'Allow', NotAction: 's3:*', NotResource: 'arn:secret*' });
    assert.equal(iam.isAllowed(role, { action: 'sqs:SendMessage', resource: 'arn:queue' }), true);
    assert.equal(iam.isAllowed(role, { action: 's3:GetObject', resource: 'arn:queue' }), false);
    assert.equal(iam.isAllowed(role, { action: 'sqs:SendMessage', resource: 'arn:secret-queue' }), false);
  });

  it('holds every key of a call against dynamodb:LeadingKeys', () => {
    const condition = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['task#*'] } };
    const iam = iamOf(allow('dynamodb:*', '*', condition));
    const may = (...keys: string[]) =>
      iam.isAllowed(role, {
        action: 'dynamodb:PutItem',
        resource: 't',
        context: { 'dynamodb:LeadingKeys': keys },
      });
    assert.equal(may('task#1', 'task#2'), true);
    assert.equal(may('task#1', 'user#2'), false);
  });

  it('refuses a condition that it cannot evaluate', () => {
    assert.throws(
      () => iamOf(allow('s3:*', '*', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })),
      /IpAddress on aws:SourceIp/,
    );
  });
});
