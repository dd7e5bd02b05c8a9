import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerPage } from '../../../../core/pages/answer-page.ts';
import type { Coding, PageFile, PageFiles } from '../../../../core/pages/page-file.ts';

const codings: Coding[] = ['br', 'gzip'];
const pages: PageFile[] = [
  {
    path: '/docs',
    file: 'docs-index.html',
    contentType: 'text/html',
    hash: 'one',
    immutable: false,
    codings,
  },
  {
    path: '/docs/a.1234abcd.js',
    file: 'a.js',
    contentType: 'text/javascript',
    hash: 'two',
    immutable: true,
    codings,
  },
  {
    path: '/docs/icon.png',
    file: 'icon.png',
    contentType: 'image/png',
    hash: 'six',
    immutable: false,
    codings: [],
  },
];
const files: PageFiles = {
  list: async () => pages,
  read: async ({ file }, coding) => Buffer.from(`${file} ${coding}`),
};
const addresses = { streamUrl: 'https://streams.example/', webSocketUrl: 'wss://sockets.example/ws' };
const get = (path: string, headers: Record<string, string> = {}) =>
  answerPage({ path, headers, ...addresses }, files);

test('a file is answered in the coding that the client takes, each form with a tag of its own', async () => {
  for (const [accepted, coding, etag] of [
    ['gzip, br', 'br', '"one-br"'],
    ['gzip', 'gzip', '"one-gzip"'],
    ['', undefined, '"one"'],
  ] as const) {
    const answer = await get('/docs', { 'accept-encoding': accepted });
    assert.equal(answer?.status, 200);
    assert.equal(String(answer?.bytes), `docs-index.html ${coding}`);
    assert.equal(answer?.headers['content-encoding'], coding);
    assert.equal(answer?.headers.etag, etag);
    assert.equal(answer?.headers.vary, 'accept-encoding');
    assert.equal(answer?.headers['content-type'], 'text/html');
  }
});

test('what a client has is not sent again', async () => {
  for (const header of ['"one-br"', 'W/"one-br"', '"x", "one-br"', '*']) {
    const answer = await get('/docs', { 'accept-encoding': 'br', 'if-none-match': header });
    assert.equal(answer?.status, 304, header);
    assert.equal(answer?.bytes.length, 0);
    assert.equal(answer?.headers.etag, '"one-br"');
    assert.equal(answer?.headers['content-encoding'], undefined);
  }
  for (const header of ['"one"', '"one-gzip"', '"other"', '']) {
    const answer = await get('/docs', { 'accept-encoding': 'br', 'if-none-match': header });
    assert.equal(answer?.status, 200, header);
  }
});

test('only what changes its name with its content is kept without asking', async () => {
  assert.equal((await get('/docs'))?.headers['cache-control'], 'no-cache');
  assert.equal((await get('/docs/icon.png'))?.headers['cache-control'], 'no-cache');
  const hashed = await get('/docs/a.1234abcd.js');
  assert.equal(hashed?.headers['cache-control'], 'public, max-age=31536000, immutable');
});

test('no path leads to anything that is not listed', async () => {
  for (const path of [
    '/docs/',
    '/docs/index.html',
    '/docs/docs-index.html',
    '/docs/a.1234abcd.js.br',
    '/docs/../docs',
    '/docs/..%2f..%2fetc%2fpasswd',
    '/docs/%2e%2e/list.json',
    '/docs/a.1234abcd.js/',
    '//docs',
    '/list.json',
    '/constructor',
    '/__proto__',
    '',
  ]) {
    const answer = await get(path);
    assert.ok(answer === undefined || answer.status === 308, path);
  }
});

test('an address that is almost a page’s leads to it, below whatever base path', async () => {
  for (const [path, page] of [
    ['/console', '/'],
    ['/console/', '/'],
    ['/docs/', '/docs'],
  ] as const) {
    const answer = await get(path);
    assert.equal(answer?.status, 308);
    for (const base of ['', '/stage'])
      assert.equal(
        new URL(answer?.headers.location ?? '', `https://api.example${base}${path}`).pathname,
        base + page,
      );
  }
});

test('the policy allows nothing inline and no address but the page’s, the WebSocket’s and that of streams', async () => {
  const policyOf = async (changes: object) =>
    (await answerPage({ path: '/docs', headers: {}, ...addresses, ...changes }, files))?.headers[
      'content-security-policy'
    ] ?? '';
  const policy = await policyOf({});
  assert.match(policy, /(^|; )default-src 'none'(;|$)/);
  assert.match(policy, /(^|; )script-src 'self'(;|$)/);
  assert.match(policy, /(^|; )style-src 'self'(;|$)/);
  assert.match(policy, /; connect-src 'self' wss:\/\/sockets\.example https:\/\/streams\.example;/);
  assert.match(policy, /; frame-ancestors 'none'$/);
  assert.doesNotMatch(policy, /unsafe|\*/);
  const local = await policyOf({ streamUrl: 'http://[::1]:80/', webSocketUrl: undefined });
  assert.match(local, /; connect-src 'self' http:\/\/\[::1\];/);
});

test('a page may not be framed, nor be read by others', async () => {
  const { headers } = (await get('/docs')) ?? { headers: {} as Record<string, string> };
  assert.equal(headers['x-frame-options'], 'DENY');
  assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
  assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
});
