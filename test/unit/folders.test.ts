import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { root } from './read-imports.ts';

/** Files of `core` that all its folders may use; anything else belongs in a folder. */
const shared = ['duration.ts', 'parse-request.ts', 'run-bounded.ts', 'service-error.ts', 'wire-time.ts'];

/** Rooms of `core` without a unit test of their own, each with its reason. */
const untested: Record<string, string> = {};

const entries = (folder: string) => readdirSync(join(root, folder), { withFileTypes: true });
const folders = entries('core').flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
const tests = readdirSync(join(root, 'test/unit'), { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.test.ts'),
);

test('core keeps no file outside its folders but those that every folder may use', () => {
  const loose = entries('core').flatMap((entry) => (entry.isDirectory() ? [] : [entry.name]));
  assert.deepEqual(loose.sort(), shared);
});

test('every folder of core has unit tests in the folder of the same name, or a reason to have none', () => {
  const tested = new Set(tests.map((name) => dirname(name)));
  const without = folders.filter((folder) => !tested.has(join('core', folder)));
  assert.deepEqual(
    without.sort(),
    Object.keys(untested),
    'Either add a test or name the folder in this list',
  );
});

test('a unit test lies in the folder of the same name as what it tests', () => {
  const lost = tests.filter((name) => !existsSync(join(root, dirname(name))));
  assert.deepEqual(lost, []);
});
