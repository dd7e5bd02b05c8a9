import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseEnv } from 'node:util';
import { decodeText } from './decode-text.ts';

/**
 * Sets what a `.env` file says and the environment does not. Throws an Error where it is not UTF-8, or yields nothing though
 * something is written in it: a configuration that was not read must not count as none.
 */
export function loadEnvFile(path: string, environment: Record<string, string | undefined>): void {
  const file = basename(path);
  const text = decodeText(file, readFileSync(path));
  const variables = Object.entries(parseEnv(text));
  const isWritten = text.split(/\r?\n/).some((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  if (isWritten && variables.length === 0)
    throw new Error(`${file} sets no variable: write NAME=value, one a line`);
  for (const [name, value] of variables) environment[name] ??= value;
}
