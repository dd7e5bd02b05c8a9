import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildConsole } from '../../lib/build-console.ts';

const files = buildConsole(join(import.meta.dirname, '../..'));
/** Compressed: what a first view loads. */
const mostBytes = 300_000;

test('the console is a few files under 300 KB compressed, each but the page under a name of its content', () => {
  const kinds = [...files.keys()].map((name) => name.replace(/^(\w+)\.\w{8}\./, '$1.<hash>.')).sort();
  assert.deepEqual(kinds, ['icon.<hash>.svg', 'index.html', 'main.<hash>.css', 'main.<hash>.js']);
  const size = [...files.values()].reduce((sum, content) => sum + gzipSync(content).length, 0);
  assert.ok(size < mostBytes, `${size} bytes`);
});

test('the page has no inline script or style and loads nothing but its own files', () => {
  const page = String(files.get('index.html'));
  const urls = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url ?? '');
  assert.equal(urls.length, 3);
  for (const url of urls) assert.ok(files.has(url.replace(/^\/console\//, '')), url);
  assert.doesNotMatch(page, /<style|style=|<script(?![^>]*src=)| on\w+=|%/);
  for (const [name, content] of files)
    assert.doesNotMatch(String(content), /url\(data:|@import|\beval\(|new Function/, name);
});
