import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { decodeText } from '../decode-text.ts';
import { type Fault, fault } from './faults.ts';
import { type Path, readYaml } from './read-yaml.ts';

/** Files that the configuration's file names, which lie beside it. A fault is of what names them. */
export interface BesideFiles {
  readText(path: Path, file: string): { text: string } | { fault: Fault };
  /** JSON or YAML. */
  readValue(path: Path, file: string): { value: unknown } | { faults: Fault[] };
}

/** @param onRead is told of every file that is looked for, by its absolute path */
export function openBeside(configFile: string, onRead: (path: string) => void): BesideFiles {
  const readText: BesideFiles['readText'] = (path, file) => {
    const absolute = resolve(dirname(configFile), file);
    onRead(absolute);
    const read = readTextFile(file, absolute);
    return 'text' in read ? read : { fault: fault(path, `names ${read.fault}`) };
  };
  return {
    readText,
    readValue(path, file) {
      const read = readText(path, file);
      if ('fault' in read) return { faults: [read.fault] };
      const { value, faults } = readYaml(read.text);
      if (faults.length > 0)
        return {
          faults: faults.map(({ line, column, message }) =>
            fault(path, `names ${file}, which at ${line}:${column} ${message}`),
          ),
        };
      return { value };
    },
  };
}

const reasons: Record<string, string> = {
  ENOENT: 'is not there',
  ENOTDIR: 'is not there',
  EACCES: 'may not be read: permission denied',
  EPERM: 'may not be read: permission denied',
  ELOOP: 'is a link to itself',
};

/** A file that a person wrote. A fault begins with its name. */
export function readTextFile(
  name: string,
  path: string,
): { text: string } | { fault: string; code?: string } {
  try {
    if (statSync(path).isDirectory()) return { fault: `${name}, which is a directory and no file` };
    const bytes = readFileSync(path);
    try {
      return { text: decodeText(name, bytes) };
    } catch (error) {
      return { fault: (error as Error).message };
    }
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return { fault: `${name}, which ${reasons[code] ?? `cannot be read (${code})`}`, code };
  }
}
