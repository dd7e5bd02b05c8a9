import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildSync } from 'esbuild';

/**
 * The page at `/`, by the names of its files: what esbuild makes of `console/`, in some 0.2 s. Names have the hash of their
 * content, so that browsers may keep them for ever; `%<kind>%` in its `index.html` stands for such a name. Throws what
 * esbuild says is wrong.
 */
export function buildConsole(root: string): Map<string, Buffer> {
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: [join(root, 'console', 'main.tsx')],
    outdir: join(root, 'console'),
    entryNames: '[name].[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    // The oldest with `light-dark()`.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    legalComments: 'none',
    logLevel: 'warning',
    write: false,
  });
  const icon = readFileSync(join(root, 'console', 'icon.svg'));
  const files = new Map(outputFiles.map(({ path, contents }) => [basename(path), Buffer.from(contents)]));
  files.set(`icon.${createHash('sha256').update(icon).digest('hex').slice(0, 8)}.svg`, icon);
  let page = readFileSync(join(root, 'console', 'index.html'), 'utf8');
  for (const name of files.keys()) page = page.replaceAll(`%${name.split('.').at(-1)}%`, `/console/${name}`);
  return files.set('index.html', Buffer.from(page));
}
