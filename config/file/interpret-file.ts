import type * as z from 'zod';
import { Tenant } from '../../core/access/tenant.ts';
import { TenantLimits } from '../../core/tenants/tenant-limits.ts';
import { findNearest } from '../nearest-name.ts';
import { routingWeights } from '../routing.ts';
import { listTaskTypes } from '../task-types.ts';
import { ConfigFile, providerName, typeName } from './config-file.ts';
import { describeIssues, valueAt } from './describe-issues.ts';
import { type Fault, fault, nameOf } from './faults.ts';
import type { FileConfiguration } from './file-configuration.ts';
import { isSecretKey, looksSecret, refuseSecret, withoutSecrets } from './find-secrets.ts';
import { mergeProviders } from './merge-providers.ts';
import { type CheckSchema, readOwnTaskTypes } from './own-task-types.ts';
import { ProviderEntry } from './provider-entry.ts';
import type { BesideFiles } from './read-beside.ts';
import { type Path, readYaml, type YamlText } from './read-yaml.ts';
import { settingsOf } from './setting-places.ts';
import { TaskTypeEntry } from './task-type-entry.ts';

/**
 * What the text of a file says, and all that is wrong with it: each part is read by itself, so that a fault in one hides none in
 * another.
 */
export async function interpretFile(
  name: string,
  text: string,
  beside: BesideFiles,
  checkSchema: CheckSchema,
): Promise<Omit<FileConfiguration, 'files'>> {
  const yaml = readYaml(text);
  const root = yaml.value ?? {};
  const parsed = ConfigFile.safeParse(root);
  const issues = parsed.error?.issues ?? [];
  const { providers: entries, task_types: typeEntries, tenants, ...sections } = readParts(root);
  const catalogue = mergeProviders(entries);
  const own = await readOwnTaskTypes(typeEntries, beside, checkSchema);
  const namedProviders = keysOf(valueAt(root, ['providers']));
  const known = {
    providers: [...new Set([...catalogue.providers.map((provider) => provider.name), ...namedProviders])],
    types: [...new Set([...listTaskTypes().keys(), ...keysOf(valueAt(root, ['task_types']))])],
  };
  const faults = [
    ...describeIssues(issues, root),
    ...catalogue.faults,
    ...own.faults,
    ...checkNames(root, known),
    ...findSecrets(yaml, root, issues),
  ];
  return {
    name,
    providers: catalogue.providers,
    namedProviders,
    ownTypes: own.types,
    routingWeights: { ...routingWeights, ...sections.routing?.weights },
    tenants,
    settings: settingsOf(sections),
    originOf: (path) =>
      valueAt(root, path) === undefined ? undefined : `${name}:${yaml.placeOf(path, 'key').line}`,
    faults: placed(name, yaml, faults),
    notices:
      text.trim() !== '' && yaml.value === undefined && yaml.faults.length === 0
        ? [`${name} sets nothing.`]
        : [],
  };
}

/** What is right of the file, part by part. */
function readParts(root: unknown): Omit<ConfigFile, 'providers' | 'task_types' | 'tenants'> & {
  providers: Record<string, ProviderEntry>;
  task_types: Record<string, TaskTypeEntry>;
  tenants: Record<string, TenantLimits>;
} {
  const sections = Object.entries(ConfigFile.shape).flatMap(([name, schema]) => {
    const part = schema.safeParse(valueAt(root, [name]));
    return part.success ? [[name, part.data]] : [];
  });
  return {
    ...Object.fromEntries(sections),
    providers: readEntries(providerName, ProviderEntry, valueAt(root, ['providers'])),
    task_types: readEntries(typeName, TaskTypeEntry, valueAt(root, ['task_types'])),
    tenants: readEntries(Tenant, TenantLimits, valueAt(root, ['tenants'])),
  };
}

function readEntries<T extends z.ZodType>(
  nameSchema: z.ZodType,
  schema: T,
  entries: unknown,
): Record<string, z.infer<T>> {
  const names = keysOf(entries).filter((name) => nameSchema.safeParse(name).success);
  const read = names.flatMap((name) => {
    const entry = schema.safeParse(valueAt(entries, [name]));
    return entry.success ? [[name, entry.data]] : [];
  });
  return Object.fromEntries(read);
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}

/** Providers and task types that are named where they must exist. */
function checkNames(root: unknown, known: { providers: string[]; types: string[] }): Fault[] {
  const enabled = valueAt(root, ['enabled_providers']);
  const check = (path: Path, name: string, names: string[], part: Fault['part']): Fault[] => {
    if (names.includes(name)) return [];
    const nearest = findNearest(name, names);
    const advice = nearest ? `did you mean ${nearest}?` : `known are ${names.join(', ')}`;
    return [fault(path, `names ${name}, which is not known: ${advice}`, part)];
  };
  return [
    ...(Array.isArray(enabled) ? enabled : []).flatMap((name: unknown, index) =>
      typeof name === 'string' ? check(['enabled_providers', index], name, known.providers, 'value') : [],
    ),
    ...keysOf(valueAt(root, ['tenants'])).flatMap((tenant) => {
      const path = ['tenants', tenant, 'providers'];
      const allowed = valueAt(root, path);
      return (Array.isArray(allowed) ? allowed : []).flatMap((name: unknown, index) =>
        typeof name === 'string' ? check([...path, index], name, known.providers, 'value') : [],
      );
    }),
    ...keysOf(valueAt(root, ['limits', 'types'])).flatMap((name) =>
      check(['limits', 'types', name], name, known.types, 'key'),
    ),
  ];
}

/** Secrets where any text may stand: by how they look, and by their names in what is sent as it is. */
function findSecrets(yaml: YamlText, root: unknown, issues: readonly z.core.$ZodIssue[]): Fault[] {
  const told = new Set(issues.map(({ path }) => nameOf(path)));
  const looking = yaml.texts
    .filter(({ path, text }) => looksSecret(text) && !told.has(nameOf(path)))
    .map(({ path }) => path);
  const providers = readEntries(providerName, ProviderEntry, valueAt(root, ['providers']));
  const named = Object.entries(providers).flatMap(([provider, entry]) =>
    Object.entries(entry.models ?? {}).flatMap(([model, { extra_body = {} }]) =>
      Object.keys(extra_body)
        .filter(isSecretKey)
        .map((key) => ['providers', provider, 'models', model, 'extra_body', key]),
    ),
  );
  return [...looking, ...named].map((path) => ({ path, part: 'key' as const, message: refuseSecret(path) }));
}

/** `configs/config.yaml:12:18 …`, in the order of the lines; of several faults of one place the first. */
function placed(name: string, yaml: YamlText, faults: readonly Fault[]): string[] {
  const all = [
    ...yaml.faults,
    ...faults.map(({ path, part, message }) => ({ ...yaml.placeOf(path, part), message })),
  ];
  const sorted = all.sort((one, other) => one.line - other.line || one.column - other.column);
  const lines = sorted.map(
    ({ line, column, message }) => `${name}:${line}:${column} ${withoutSecrets(message)}`,
  );
  return lines.filter((line, index) => index === 0 || line.split(' ')[0] !== lines[index - 1]?.split(' ')[0]);
}
