import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseEnv } from 'node:util';
import { decodeText } from '../config/decode-text.ts';
import { findWrongLines } from './env-lines.ts';

/**
 * Sets what a `.env` file says and the environment does not. Throws an Error where it is not UTF-8, or a line would not be read as
 * it is meant: a configuration that was not read must not count as none.
 */
export function loadEnvFile(path: string, environment: Record<string, string | undefined>): void {
  const file = basename(path);
  const text = decodeText(file, readFile(file, path)).replaceAll(/\r\n?/g, '\n');
  const faults = findWrongLines(text).map(({ line, message }) => `  - ${file}:${line} ${message}`);
  if (faults.length > 0) throw new Error(`The configuration is wrong:\n${faults.join('\n')}`);
  for (const [name, value] of Object.entries(parseEnv(text))) environment[name] ??= value;
}

function readFile(file: string, path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'EISDIR' ? 'is a directory' : code === 'EACCES' ? 'permission denied' : code;
    throw new Error(`${file} cannot be read: ${reason}`, { cause: error });
  }
}
