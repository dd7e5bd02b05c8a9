import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/**
 * The page at `/docs`, by the names of its files: Swagger UI as its package has it, and what pages/docs adds. `%<name>%`
 * in its `index.html` stands for the name of a file with the hash of its content, so that browsers may keep it for ever.
 */
export function buildDocsPage(root: string): Map<string, Buffer> {
  const source = join(root, 'pages', 'docs');
  const swagger = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));
  const parts = new Map([
    ['swagger-ui.css', readFileSync(join(swagger, 'swagger-ui.css'))],
    ['swagger-ui.js', readFileSync(join(swagger, 'swagger-ui-bundle.js'))],
    // What the licence asks to go along.
    ['licenses.txt', readFileSync(join(swagger, 'swagger-ui-bundle.js.LICENSE.txt'))],
    ['icon.png', readFileSync(join(swagger, 'favicon-32x32.png'))],
    ['docs.css', minify(join(source, 'docs.css'))],
    ['docs.js', minify(join(source, 'docs.ts'))],
  ]);
  const files = new Map<string, Buffer>();
  let page = readFileSync(join(source, 'index.html'), 'utf8');
  for (const [name, content] of parts) {
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
    const hashed = name.replace(/(\.\w+)$/, `.${hash}$1`);
    files.set(hashed, content);
    page = page.replaceAll(`%${name}%`, `docs/${hashed}`);
  }
  return files.set('index.html', Buffer.from(page));
}

function minify(file: string): Buffer {
  const { outputFiles } = buildSync({
    entryPoints: [file],
    minify: true,
    format: 'iife',
    bundle: true,
    target: ['chrome109', 'firefox115', 'safari16'],
    write: false,
  });
  return Buffer.from(outputFiles[0]?.contents ?? '');
}
