import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename } from 'node:path';
import { isDeepStrictEqual, parseEnv } from 'node:util';
import { decodeText } from '../../config/decode-text.ts';
import { findWrongLines } from '../../local/env-lines.ts';

/**
 * Sets a variable in a `.env` file, which only its owner may read afterwards; everything else of it stays as it is. It is
 * replaced whole, so that no reader finds half of it. Throws an Error, and changes nothing, where it would not be read as it
 * is meant.
 */
export function setInEnvFile(path: string, name: string, value: string): void {
  // A link stays one.
  const file = existsSync(path) ? realpathSync(path) : path;
  const before = existsSync(file) ? decodeText(basename(path), readFileSync(file)) : '';
  const after = withVariable(before, name, value);
  const isAsMeant = isDeepStrictEqual({ ...parseEnv(after) }, { ...parseEnv(before), [name]: value });
  // Such as the rest of a value of several lines.
  if (!isAsMeant || findWrongLines(after.replaceAll('\r\n', '\n')).length > 0)
    throw new Error(`${basename(path)} cannot take ${name}: set it by hand. Nothing was changed`);
  replaceFile(file, after);
}

function withVariable(text: string, name: string, value: string): string {
  const line = `${name}=${quoted(value)}`;
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const assigned = new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=.*?(?=\\r?$)`, 'm');
  // A function: `$` in a value means nothing.
  if (assigned.test(text)) return text.replace(assigned, () => line);
  const separator = text === '' || text.endsWith('\n') ? '' : lineEnd;
  return `${text}${separator}${line}${lineEnd}`;
}

function quoted(value: string): string {
  if (/^[\w.+/=:,@~-]+$/.test(value)) return value;
  const quote = ["'", '"', '`'].find((each) => !value.includes(each)) ?? "'";
  return quote + value + quote;
}

function replaceFile(file: string, text: string): void {
  const next = `${file}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    const descriptor = openSync(next, 'wx', 0o600);
    try {
      writeSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(next, file);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}
