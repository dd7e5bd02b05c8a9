import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
/** What people wrote, since texts are compressed: this repository's documents. */
const documents = globSync('{README.md,docs/**/*.md}', { cwd: root })
  .toSorted()
  .map((path) => readFileSync(join(root, path), 'utf8'))
  .join('\n')
  // A character for each byte, and nothing that a model's answer would mean something by: `<think>`.
  .replaceAll(/[^\n\x20-\x7e]|[<>]/g, '');
const step = 7_919;

/** So many bytes of it, other ones for another number. */
export function sampleText(bytes: number, number: number): string {
  const from = (number * step) % documents.length;
  return (documents.slice(from) + documents).slice(0, bytes);
}
