import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createBundledPageFiles } from '../../../adapters/bundled-page-files.ts';

const page = {
  path: '/docs',
  file: 'docs-index.html',
  contentType: 'text/html',
  hash: 'one',
  immutable: false,
  codings: ['br'],
};

test('files are read by the list beside them, each coding by its own name', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'llm-service-pages-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const files = createBundledPageFiles(directory);
  await assert.rejects(files.list(), { code: 'ENOENT' });
  writeFileSync(join(directory, 'list.json'), JSON.stringify([page]));
  writeFileSync(join(directory, 'docs-index.html'), 'as it is');
  writeFileSync(join(directory, 'docs-index.html.br'), 'smaller');
  const [listed] = await files.list();
  assert.deepEqual(listed, page);
  assert.ok(listed);
  assert.equal(String(await files.read(listed, undefined)), 'as it is');
  assert.equal(String(await files.read(listed, 'br')), 'smaller');
});
