import { chooseCoding } from './choose-coding.ts';
import type { PageFile, PageFiles } from './page-file.ts';
import { contentSecurityPolicy, type PageAddresses, pageSecurityHeaders } from './page-headers.ts';

export interface PageRequest extends PageAddresses {
  path: string;
  /** Of the request, by their names in small letters. */
  headers: Readonly<Record<string, string | undefined>>;
}

export interface PageAnswer {
  status: number;
  headers: Record<string, string>;
  bytes: Uint8Array;
}

/** Relative, so that they hold below any base path. */
const moved: Readonly<Record<string, string>> = { '/console': './', '/console/': '../', '/docs/': '../docs' };

const year = 31_536_000;
const none = new Uint8Array();

/**
 * The answer to a GET of a page or of a file that one loads; undefined where there is none. Files are found by whole
 * paths of a list, so no path leads anywhere else.
 */
export async function answerPage(request: PageRequest, files: PageFiles): Promise<PageAnswer | undefined> {
  const { path } = request;
  const location = Object.hasOwn(moved, path) ? moved[path] : undefined;
  if (location !== undefined) return { status: 308, headers: { location }, bytes: none };
  const page = (await files.list()).find((each) => each.path === path);
  return page && (await answerFile(page, request, files));
}

async function answerFile(page: PageFile, request: PageRequest, files: PageFiles): Promise<PageAnswer> {
  const coding = chooseCoding(request.headers['accept-encoding'], page.codings);
  // One for each form of the file: RFC 9110 §8.8.3.
  const etag = `"${coding === undefined ? page.hash : `${page.hash}-${coding}`}"`;
  const headers = {
    ...pageSecurityHeaders,
    'cache-control': page.immutable ? `public, max-age=${year}, immutable` : 'no-cache',
    'content-security-policy': contentSecurityPolicy(request),
    etag,
    vary: 'accept-encoding',
  };
  if (matches(request.headers['if-none-match'], etag)) return { status: 304, headers, bytes: none };
  return {
    status: 200,
    headers: {
      ...headers,
      'content-type': page.contentType,
      ...(coding !== undefined && { 'content-encoding': coding }),
    },
    bytes: await files.read(page, coding),
  };
}

/** Weak comparison: RFC 9110 §13.1.2. */
function matches(header: string | undefined, etag: string): boolean {
  const known = (header ?? '').split(',').map((text) => text.trim().replace(/^W\//, ''));
  return known.includes('*') || known.includes(etag);
}
