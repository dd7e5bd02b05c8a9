import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const Manifest = z.object({
  artifacts: z
    .record(
      z.string(),
      z.object({
        type: z.string(),
        displayName: z.string().optional(),
        properties: z
          .object({ stackName: z.string().optional(), templateFile: z.string().optional() })
          .optional(),
      }),
    )
    .default({}),
});

const Template = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});
export type Resources = z.infer<typeof Template>['Resources'];

export interface SynthesizedStack {
  name: string;
  resources: Resources;
}

/** Every stack of a cloud assembly, those of its stages included. */
export function readAssembly(directory: string): SynthesizedStack[] {
  const { artifacts } = Manifest.parse(readJson(join(directory, 'manifest.json')));
  const own = Object.values(artifacts).flatMap(({ type, displayName, properties }) => {
    if (type !== 'aws:cloudformation:stack' || properties?.templateFile === undefined) return [];
    const name = properties.stackName ?? displayName;
    if (name === undefined) return [];
    const { Resources: resources } = Template.parse(readJson(join(directory, properties.templateFile)));
    return [{ name, resources }];
  });
  const nested = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('assembly-'))
    .flatMap((entry) => readAssembly(join(directory, entry.name)));
  return [...own, ...nested];
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
