import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** The text of files and of all that they import of this repository, late or not, types included. */
export function readOwnSources(files: Iterable<string>): string {
  const reached = new Map<string, string>();
  const read = (file: string): void => {
    if (reached.has(file)) return;
    const text = readFileSync(file, 'utf8');
    reached.set(file, text);
    for (const [, path = ''] of text.matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']+\.ts)'/g))
      read(resolve(file, '..', path));
  };
  for (const file of files) read(file);
  return [...reached.values()].join('\n');
}
