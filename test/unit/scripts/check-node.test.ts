import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkNode, programs } from '../../../scripts/check-node.mjs';

const root = join(import.meta.dirname, '../../..');

test('the hashes are those of the version that the lock file names', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  assert.equal(programs.version, packages['node_modules/node'].version);
});

test('the program that is installed is the one that was looked at', () => {
  assert.equal(checkNode(join(root, 'node_modules')), undefined);
});

test('another program is refused with its hash; a system without one is let be', (t) => {
  const modules = mkdtempSync(join(tmpdir(), 'check-node-'));
  t.after(() => rmSync(modules, { recursive: true }));
  mkdirSync(join(modules, 'node', 'bin'), { recursive: true });
  for (const name of ['node', 'node.exe']) writeFileSync(join(modules, 'node', 'bin', name), 'another');
  for (const system of ['linux-x64', 'linux-arm64', 'win32-x64'])
    assert.match(checkNode(modules, system) ?? '', /is not the Node .* SHA-256 is ae448ac8/);
  assert.equal(checkNode(modules, 'darwin-arm64'), undefined);
});
