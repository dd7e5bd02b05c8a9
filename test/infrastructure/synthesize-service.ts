import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type Configuration, readSettings } from '../../config/read-settings.ts';
import { awsTarget, type DeploymentTarget } from '../../lib/deployment-target.ts';
import { ServiceStage } from '../../lib/service-stage.ts';

/** Values of secrets, which must be in no template. */
export const secrets = {
  LLM_AUTH_TOKEN: 'secret-of-the-caller',
  LLM_WEBHOOK_SECRET: `whsec_${Buffer.from('secret-of-webhooks-of-tests').toString('base64')}`,
  KIMI_API_KEY: 'secret-of-kimi',
  OPENAI_API_KEY: 'secret-of-openai',
};

export interface Options {
  /** Default: test. */
  stage?: string;
  variables?: Record<string, string>;
  reservedConcurrency?: boolean;
  accountConcurrency?: number;
  open?: boolean;
  target?: DeploymentTarget;
}

export interface SynthesizedService {
  configuration: Configuration;
  storage: Template;
  service: Template;
  monitoring: Template;
}

const synthesized = new Map<string, SynthesizedService>();

/** The stacks of a deployment with kimi and openai, made once for the same options; bundles no function. */
export function synthesizeService(options: Options = {}): SynthesizedService {
  const key = JSON.stringify(options);
  const service = synthesized.get(key) ?? synthesize(options);
  synthesized.set(key, service);
  return service;
}

function synthesize({
  stage = 'test',
  variables,
  reservedConcurrency = true,
  accountConcurrency,
  open = false,
  target = awsTarget(true),
}: Options): SynthesizedService {
  const configuration = readSettings(
    { ...secrets, LLM_PROVIDERS: 'kimi,openai', ...variables },
    {
      stage,
      version: '1.2.3',
      onAws: target.kind === 'aws',
      reservedConcurrency,
      accountConcurrency,
      open,
    },
  );
  const app = new App({ builtinCloudFormationValidation: false });
  const deployment = new ServiceStage(app, `llm-${stage}`, {
    configuration,
    target,
    code: () => Code.fromInline('export const handler = 0'),
  });
  return {
    configuration,
    storage: Template.fromStack(deployment.storage),
    service: Template.fromStack(deployment.service),
    monitoring: Template.fromStack(deployment.monitoring),
  };
}

/** A resource of a template; its shape is CloudFormation's. */
export interface Resource {
  // biome-ignore lint/suspicious/noExplicitAny: see above
  Properties: Record<string, any>;
}

export function resourcesOf(template: Template, type: string): [string, Resource][] {
  return Object.entries(template.findResources(type)) as [string, Resource][];
}

/** Logical id of a `Ref` or `Fn::GetAtt`. */
export function referredId(value: { Ref?: string; 'Fn::GetAtt'?: [string, string] }): string {
  return value.Ref ?? value['Fn::GetAtt']?.[0] ?? '';
}
