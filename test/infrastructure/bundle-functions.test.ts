import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bundledConstants } from '../../config/deployed.ts';
import { bundleFunctions } from '../../lib/bundle-functions.ts';
import { listFunctions } from '../../lib/list-functions.ts';
import { synthesizeService } from './synthesize-service.ts';

const root = join(import.meta.dirname, '..', '..');

test('the bundle of every function is complete', async (t) => {
  const output = mkdtempSync(join(tmpdir(), 'llm-service-test-'));
  t.after(() => rmSync(output, { recursive: true }));
  const { configuration } = synthesizeService();
  const entries = listFunctions(configuration).map(({ entry }) => entry);
  bundleFunctions(root, entries, bundledConstants(configuration.deployed, configuration.settings), output);
  for (const entry of entries) {
    const files = readdirSync(join(output, entry));
    assert.ok(files.includes('index.mjs'), entry);
    for (const file of files) {
      const source = readFileSync(join(output, entry, file), 'utf8');
      for (const [, imported = ''] of source.matchAll(/(?:from|import\()\s*"\.\/([^"]+\.mjs)"/g))
        assert.ok(files.includes(imported), `${entry}/${file} imports ${imported}`);
    }
  }
  const { handler } = await import(join(output, 'http/get-health/index.mjs'));
  assert.equal(typeof handler, 'function');
});

test('a function without an entry file is named', () => {
  assert.throws(
    () => bundleFunctions(root, ['http/get-health', 'http/no-such-function'], {}, tmpdir()),
    /no entry file:\n.*functions\/http\/no-such-function\.ts/,
  );
});
