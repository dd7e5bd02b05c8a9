import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

export interface Import {
  /** From the root of the repository. */
  file: string;
  /** Its first folder. */
  folder: string;
  /** A path from the root, or the name of a package. */
  target: string;
}

/** Every import of the TypeScript files under a folder; those of types count. */
export function readImports(folder: string): Import[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .flatMap((name) => {
      const path = join(root, folder, name);
      const text = readFileSync(path, 'utf8');
      const named = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(
        ([, target]) => target ?? '',
      );
      return named.map((target) => ({
        file: relative(root, path),
        folder,
        target: target.startsWith('.') ? relative(root, resolve(path, '..', target)) : target,
      }));
    });
}
