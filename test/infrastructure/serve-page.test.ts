// The function that serves pages, as it is built: its bundle and the files beside it.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { bundledConstants } from '../../config/deployed.ts';
import { WireProblem } from '../../core/http-contract/problem-wire.ts';
import { WirePageSettings } from '../../core/pages/page-settings.ts';
import { buildDocsPage } from '../../lib/build-docs-page.ts';
import { buildPages } from '../../lib/build-pages.ts';
import { bundleFunctions } from '../../lib/bundle-functions.ts';
import { pageServer } from '../../lib/http-routes.ts';
import { makeEvent } from '../unit/functions/http/invoke-handler.ts';
import { synthesizeService } from './synthesize-service.ts';

const root = join(import.meta.dirname, '..', '..');
const work = mkdtempSync(join(tmpdir(), 'llm-service-pages-'));
after(() => rmSync(work, { recursive: true }));

const pages = {
  docs: buildDocsPage(root),
  console: new Map([
    ['index.html', Buffer.from('<!doctype html><title>Console</title>')],
    ['main.AB12CD34.js', Buffer.from('console.log("here")')],
  ]),
};

const { configuration } = synthesizeService();
const constants = bundledConstants(configuration.deployed, configuration.settings);
await bundleFunctions(root, [pageServer.entry], { constants, output: work, together: true });
const output = join(work, pageServer.entry);
await buildPages(pages, 5, output);
Object.assign(process.env, {
  STREAM_URL: 'https://streams.example/',
  WEBSOCKET_URL: 'wss://sockets.example/ws',
});
const { handler } = await import(join(output, 'index.mjs'));

async function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const answer: APIGatewayProxyStructuredResultV2 = await handler(makeEvent(method, path, { headers }), {});
  const body = Buffer.from(answer.body ?? '', answer.isBase64Encoded ? 'base64' : 'utf8');
  return { status: answer.statusCode, headers: (answer.headers ?? {}) as Record<string, string>, body };
}

test('the console is the page at / and its files lie under /console/', async () => {
  const page = await ask('/');
  assert.equal(page.status, 200);
  assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
  assert.match(String(page.body), /<title>Console/);
  const script = await ask('/console/main.AB12CD34.js', { 'accept-encoding': 'gzip' });
  assert.equal(script.headers['content-type'], 'text/javascript; charset=utf-8');
  assert.match(script.headers['cache-control'] ?? '', /immutable/);
  assert.equal(String(gunzipSync(script.body)), 'console.log("here")');
});

test('every file that the page at /docs loads is served, compressed and to be kept, and names no other host', async () => {
  const page = await ask('/docs');
  assert.equal(page.status, 200);
  const urls = [...String(page.body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url = '']) => url);
  assert.ok(urls.length >= 5);
  for (const url of urls) {
    assert.doesNotMatch(url, /^(\/|\w+:)/);
    // Neither is a file: the document is another function's, and `./` leads to the console.
    if (url === 'openapi.json' || url === './') continue;
    const plain = await ask(`/${url}`);
    assert.equal(plain.status, 200, url);
    assert.match(plain.headers['cache-control'] ?? '', /immutable/);
    const small = await ask(`/${url}`, { 'accept-encoding': 'br' });
    if (small.headers['content-encoding'])
      assert.deepEqual(brotliDecompressSync(small.body), plain.body, url);
    else assert.match(url, /\.png$/);
  }
});

test('the largest answer fits into what Lambda answers', async () => {
  const { body } = await ask('/docs');
  const script = /src="(docs\/swagger-ui[^"]+)"/.exec(String(body))?.[1];
  const answer = await handler(makeEvent('GET', `/${script}`), {});
  assert.ok(JSON.stringify(answer).length < 6 * 1024 * 1024);
});

test('a page is told its addresses, and whether it needs a token', async () => {
  const { status, headers, body } = await ask('/console/config.json');
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'application/json');
  assert.equal(headers['cache-control'], 'no-store');
  assert.deepEqual(WirePageSettings.parse(JSON.parse(String(body))), {
    websocket_url: 'wss://sockets.example/ws',
    stream_url: 'https://streams.example/',
    authentication: 'bearer',
    version: '1.2.3',
  });
});

test('what there is not, is answered as a problem, and so is another method of a page', async () => {
  for (const [method, path, status, allow] of [
    ['GET', '/console/index.html', 404, undefined],
    ['GET', '/docs/..%2findex.mjs', 404, undefined],
    ['GET', '/pages/list.json', 404, undefined],
    ['POST', '/', 405, 'GET, HEAD'],
    ['DELETE', '/console/main.AB12CD34.js', 405, 'GET, HEAD'],
    ['POST', '/docs', 405, 'GET, HEAD'],
    ['POST', '/console/config.json', 405, 'GET, HEAD'],
    ['PUT', '/api/v1/tasks', 405, 'GET, POST'],
    ['HEAD', '/api/v1/tasks', 405, 'GET, POST'],
  ] as const) {
    const answer = await ask(path, {}, method);
    assert.equal(answer.status, status, `${method} ${path}`);
    assert.equal(answer.headers['content-type'], 'application/problem+json');
    assert.equal(answer.headers.allow, allow);
    if (method !== 'HEAD') WireProblem.parse(JSON.parse(String(answer.body)));
  }
});

test('a HEAD is answered like its GET, without the body', async () => {
  const [get, head] = [await ask('/docs'), await ask('/docs', {}, 'HEAD')];
  assert.equal(head.status, 200);
  assert.equal(head.body.length, 0);
  assert.deepEqual(head.headers, get.headers);
});

test('a build of a file that cannot be served fails', async () => {
  const other = join(work, 'other');
  const buildWith = (name: string, content: Buffer) =>
    buildPages({ ...pages, console: new Map([[name, content]]) }, 5, other);
  await assert.rejects(buildWith('main.exe', Buffer.alloc(1)), /console\/main\.exe: no content type/);
  await assert.rejects(buildWith('main.png', Buffer.alloc(4_400_001)), /main\.png has 4400001 bytes/);
});
