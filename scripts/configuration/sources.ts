import type { FileConfiguration } from '../../config/file/file-configuration.ts';
import type { Path } from '../../config/file/read-yaml.ts';
import type { Configuration } from '../../config/read-settings.ts';
import { present, type Variables } from '../../config/settings-variables.ts';

export interface Sources {
  /** The environment, and what `.env` adds to it. */
  variables: Variables;
  /** Names of the variables that only `.env` sets. */
  ofFile: ReadonlySet<string>;
  file: FileConfiguration;
  configuration: Configuration;
  target: string;
}

/** Where the value of a variable comes from; undefined: it is not set. */
export function variableOrigin(name: string, { variables, ofFile }: Sources): string | undefined {
  if (present(variables, name) === undefined) return undefined;
  return `${name} in ${ofFile.has(name) ? '.env' : 'the environment'}`;
}

/** The first of these that says something. */
export function originOf(variable: string | undefined, path: Path, sources: Sources): string {
  const own = variable === undefined ? undefined : variableOrigin(variable, sources);
  return own ?? sources.file.originOf(path) ?? 'default';
}
