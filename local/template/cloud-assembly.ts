// Reads what `cdk synth` wrote: https://github.com/aws/aws-cdk-cli/tree/main/packages/%40aws-cdk/cloud-assembly-schema
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** A value in a template. Its shape is CloudFormation's to check, which `cdk synth` and `cfn-lint` do. */
// biome-ignore lint/suspicious/noExplicitAny: see the line above
export type Value = any;

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Record<string, Value>;
  readonly Metadata?: Record<string, Value>;
}

/** Under this key of its metadata a stack or a resource says what only this host reads. */
export const localMetadataKey = 'LlmService::Local';

export interface Template {
  readonly Resources?: Record<string, TemplateResource>;
  readonly Outputs?: Record<string, { Value: Value; Export?: { Name: Value } }>;
  readonly Metadata?: Record<string, Value>;
}

export interface Stack {
  readonly name: string;
  readonly template: Template;
}

export interface CloudAssembly {
  readonly stacks: readonly Stack[];
  /** Directory of each directory asset, by its hash. */
  readonly assets: ReadonlyMap<string, string>;
}

/** Reads an assembly and the assemblies of its stages. Throws where a file is missing. */
export function readCloudAssembly(directory: string): CloudAssembly {
  const stacks: Stack[] = [];
  const assets = new Map<string, string>();
  collect(directory, stacks, assets);
  if (stacks.length === 0) throw new Error(`There is no stack in the cloud assembly ${directory}`);
  return { stacks, assets };
}

function collect(directory: string, stacks: Stack[], assets: Map<string, string>): void {
  const manifest = readJson(directory, 'manifest.json');
  for (const artifact of Object.values<Value>(manifest.artifacts ?? {})) {
    const properties = artifact.properties ?? {};
    if (artifact.type === 'cdk:cloud-assembly') {
      collect(resolve(directory, properties.directoryName), stacks, assets);
    } else if (artifact.type === 'aws:cloudformation:stack') {
      stacks.push({ name: properties.stackName, template: readJson(directory, properties.templateFile) });
    } else if (artifact.type === 'cdk:asset-manifest') {
      const files = Object.entries<Value>(readJson(directory, properties.file).files ?? {});
      for (const [hash, { source }] of files) {
        if (source.path) assets.set(hash, resolve(directory, source.path));
      }
    }
  }
}

function readJson(directory: string, file: string): Value {
  return JSON.parse(readFileSync(resolve(directory, file), 'utf8'));
}
