import assert from 'node:assert/strict';
import { test } from 'node:test';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { readSettings } from '../../config/read-settings.ts';
import { ConfigurationError } from '../../config/settings-variables.ts';
import { awsTarget } from '../../lib/deployment-target.ts';
import { ServiceStage } from '../../lib/service-stage.ts';
import { readText } from '../unit/config/file/read-text.ts';

const context = { stage: 'test', version: '1', onAws: true, reservedConcurrency: true, open: false };

/** So many servers of one's own, from a file alone. */
async function configure(count: number) {
  const names = Array.from({ length: count }, (_, index) => `a-server-of-our-own-${index}`);
  const servers = names.map(
    (name, index) => `  ${name}: { like: local, base_url: "http://10.0.0.${index}/v1" }`,
  );
  const text = `enabled_providers: [${names.join()}]\nproviders:\n${servers.join('\n')}\n`;
  return readSettings({}, context, { ...(await readText(text)), files: [] });
}

test('fourteen providers are one deployment, within what CloudFormation, Lambda and IAM take', async () => {
  const configuration = await configure(14);
  const { service } = new ServiceStage(new App({ builtinCloudFormationValidation: false }), 'llm-test', {
    configuration,
    target: awsTarget(true),
    code: () => Code.fromInline('export const handler = 0'),
  });
  const { Resources } = Template.fromStack(service).toJSON();
  assert.ok(Object.keys(Resources).length <= 500, `${Object.keys(Resources).length} resources`);
  const arnOf = (id: string) => {
    const { QueueName = 'x'.repeat(40) } = Resources[id]?.Properties ?? {};
    return `"arn:aws:sqs:ap-southeast-2:123456789012:${QueueName}"`;
  };
  for (const [id, { Type, Properties }] of Object.entries<Record<string, Record<string, unknown>>>(
    Resources,
  )) {
    const { Environment, PolicyDocument } = Properties ?? {};
    assert.ok(JSON.stringify(Environment ?? {}).length < 4_096, id);
    if (String(Type) !== 'AWS::IAM::Policy') continue;
    const policy = JSON.stringify(PolicyDocument).replaceAll(
      /\{"Fn::GetAtt":\["(\w+)","Arn"\]\}/g,
      (_, queue: string) => arnOf(queue),
    );
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: of a role's own policies.
    assert.ok(policy.length <= 10_240, `${id}: ${policy.length}`);
  }
});

test('one more is refused, with what to do', async () => {
  await assert.rejects(configure(15), (error) => {
    assert.ok(error instanceof ConfigurationError);
    assert.match(
      error.message,
      /15 providers are enabled, and a deployment has room for 14: name those to use in/,
    );
    return true;
  });
});
