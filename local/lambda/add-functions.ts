// Makes the functions of the templates, each with an access key of its own.
import { join } from 'node:path';
import { createAccessKey } from '../access-keys.ts';
import type { Principal } from '../services/access-denied.ts';
import type { CloudAssembly } from '../template/cloud-assembly.ts';
import type { ResolvedTemplates } from '../template/resolve-template.ts';
import { isQueue } from './event-sources.ts';
import { defineFunction } from './function-definition.ts';
import { functionName, type LambdaHost } from './lambda-host.ts';

export interface FunctionHosting {
  readonly region: string;
  readonly awsEndpoint: string;
  readonly dataDir: string;
  readonly localize: (value: string) => string;
}

/** Returns who calls, by the id of the access key. */
export function addFunctions(
  lambda: LambdaHost,
  templates: ResolvedTemplates,
  { assets }: CloudAssembly,
  { dataDir, ...settings }: FunctionHosting,
): Map<string, Principal> {
  const principals = new Map<string, Principal>();
  const hostStartedAt = Date.now();
  const compileCache = join(dataDir, 'compile-cache');
  const mappings = templates.ofType('AWS::Lambda::EventSourceMapping');
  const ofQueues = mappings.filter(isQueue);
  const queueDriven = new Set(ofQueues.map(({ properties }) => functionName(properties.FunctionName)));
  for (const resource of templates.ofType('AWS::Lambda::Function')) {
    const accessKey = createAccessKey();
    const definition = defineFunction(resource, {
      ...settings,
      assets,
      accessKey,
      compileCache,
      queueDriven,
      hostStartedAt,
    });
    lambda.add(definition);
    principals.set(accessKey.accessKeyId, { functionName: definition.name, roleArn: definition.roleArn });
  }
  return principals;
}
