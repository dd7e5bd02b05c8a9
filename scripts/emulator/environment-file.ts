import { writeFileSync } from 'node:fs';

/** Lines that a POSIX shell reads by `. file` after `set -a`. */
export function formatEnvironment(variables: Record<string, string>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'\n`)
    .join('');
}

/** Only its owner may read the file, since it holds a token. */
export function writeEnvironmentFile(file: string, variables: Record<string, string>): void {
  writeFileSync(file, formatEnvironment(variables), { mode: 0o600 });
}
