import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** A file as functions/http/serve-page.ts finds it: `PageFile` of core/pages/page-file.ts. */
interface ListedFile {
  path: string;
  file: string;
  contentType: string;
  hash: string;
  immutable: boolean;
  codings: ('br' | 'gzip')[];
}

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};
/** What is compressed already. */
const compressed = new Set(['.png', '.webp', '.woff2']);

/**
 * Lambda answers 6 MiB of JSON, in which a file is base64:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const maxBytes = 4_400_000;

const toGzip = promisify(gzip);
const toBrotli = promisify(brotliCompress);

/**
 * Writes what pages consist of into `<output>/pages`, each file as it is and compressed, and their list. `pages` are files
 * by their names, by the folder that they lie in; `index.html` of the console is `/`. Throws an Error for a file that could
 * not be served.
 */
export async function buildPages(
  pages: Readonly<Record<'docs' | 'console', ReadonlyMap<string, Buffer>>>,
  brotliQuality: number,
  output: string,
): Promise<void> {
  const directory = join(output, 'pages');
  mkdirSync(directory, { recursive: true });
  const files = Object.entries(pages).flatMap(([folder, contents]) =>
    [...contents].map(([name, content]) => ({ name, content, folder })),
  );
  const list = await Promise.all(files.map((file) => writePage({ ...file, directory, brotliQuality })));
  writeFileSync(join(directory, 'list.json'), JSON.stringify(list));
}

interface Page {
  folder: string;
  name: string;
  content: Buffer;
  directory: string;
  brotliQuality: number;
}

async function writePage({ folder, name, content, directory, brotliQuality }: Page): Promise<ListedFile> {
  const contentType = contentTypes[extname(name)];
  if (contentType === undefined) throw new Error(`${folder}/${name}: no content type is known for it`);
  if (content.length > maxBytes)
    throw new Error(`${folder}/${name} has ${content.length} bytes; a function can answer ${maxBytes}`);
  const file = `${folder}-${name}`;
  writeFileSync(join(directory, file), content);
  const isCompressed = !compressed.has(extname(name));
  if (isCompressed) {
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: brotliQuality,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    };
    writeFileSync(join(directory, `${file}.br`), await toBrotli(content, { params }));
    writeFileSync(join(directory, `${file}.gzip`), await toGzip(content, { level: 9 }));
  }
  const index = folder === 'console' ? '/' : `/${folder}`;
  return {
    path: name === 'index.html' ? index : `/${folder}/${name}`,
    file,
    contentType,
    hash: createHash('sha256').update(content).digest('base64url').slice(0, 22),
    immutable: hashedName.test(name),
    codings: isCompressed ? ['br', 'gzip'] : [],
  };
}

/** `app.1F3A9C0D.js` */
const hashedName = /\.[\w-]{8,}\.\w+$/;
