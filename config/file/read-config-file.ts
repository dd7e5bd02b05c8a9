import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { present, type Variables } from '../settings-variables.ts';
import { type FileConfiguration, noFile } from './file-configuration.ts';
import { interpretFile } from './interpret-file.ts';
import type { CheckSchema } from './own-task-types.ts';
import { openBeside, readTextFile } from './read-beside.ts';

const defaultConfigFile = 'configs/config.yaml';

/**
 * Reads configs/config.yaml, or what LLM_CONFIG_FILE names from the project's folder. Its faults are in the result; without a file
 * everything is as built in.
 */
export async function readConfigFile(
  root: string,
  source: Variables,
  checkSchema: CheckSchema,
): Promise<FileConfiguration> {
  const named = present(source, 'LLM_CONFIG_FILE');
  const name = named ?? defaultConfigFile;
  const path = resolve(root, name);
  const read = readTextFile(name, path);
  if ('text' in read) {
    const files = [path];
    const beside = openBeside(path, (each) => files.push(each));
    const configuration = await interpretFile(name, read.text, beside, checkSchema);
    return { ...configuration, files };
  }
  if (read.code === 'ENOENT' && named === undefined)
    return { ...noFile, files: [path], notices: findOthers(root, path) };
  const fault =
    read.code || read.fault.includes('directory') ? `The configuration's file is ${read.fault}` : read.fault;
  return {
    ...noFile,
    files: [path],
    faults: [named === undefined ? fault : `LLM_CONFIG_FILE names ${read.fault}`],
  };
}

/** Files that are meant, and not read, where the one that would be is missing. */
function findOthers(root: string, path: string): string[] {
  const folder = dirname(path);
  const others = [
    ...['config.yml', 'config.json', 'config.toml', 'Config.yaml', 'config.yaml.txt'].map((name) =>
      join(folder, name),
    ),
    ...['config.yaml', 'config.yml', 'config/config.yaml'].map((name) => join(root, name)),
  ].filter((other) => existsSync(other));
  return others.map(
    (other) =>
      `${other.slice(resolve(root).length + 1)} is not read: the configuration's file is ${defaultConfigFile}, or what LLM_CONFIG_FILE names (${basename(path)} is not there).`,
  );
}
