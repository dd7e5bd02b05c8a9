import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';

const scripts = join(import.meta.dirname, '../../../scripts');

type Versions = Record<string, string>;
const optional = 'only-for-another-system';
const lockOf = (versions: Versions) =>
  JSON.stringify({
    packages: Object.fromEntries(
      Object.entries(versions).map(([name, version]) => [
        `node_modules/${name}`,
        { version, ...(name === optional && { optional: true }) },
      ]),
    ),
  });

/** A project that wants `locked`; its `npm` notes its parameters, and installs `installs` or fails. */
function createProject(t: TestContext, locked: Versions, installs: Versions | 'fails') {
  const root = mkdtempSync(join(tmpdir(), 'ensure-installed-'));
  t.after(() => rmSync(root, { recursive: true }));
  const modules = join(root, 'node_modules');
  const npm = join(root, 'npm-cli.js');
  const calls = join(root, 'calls');
  mkdirSync(join(root, 'scripts'));
  for (const name of ['ensure-installed.mjs', 'check-node.mjs'])
    copyFileSync(join(scripts, name), join(root, 'scripts', name));
  writeFileSync(join(root, 'package-lock.json'), lockOf(locked));
  const install = (versions: Versions) => {
    for (const name of Object.keys(versions)) {
      mkdirSync(join(modules, name), { recursive: true });
      writeFileSync(join(modules, name, 'package.json'), '{}');
    }
    writeFileSync(join(modules, '.package-lock.json'), lockOf(versions));
  };
  if (installs === 'fails') writeFileSync(npm, 'process.exit(1)');
  else {
    // What it installs is made beforehand and moved into place.
    install(installs);
    renameSync(modules, join(root, 'made'));
    writeFileSync(
      npm,
      `const fs = require('fs');
       fs.writeFileSync('calls', process.argv.slice(2).join(' '));
       fs.rmSync('node_modules', { recursive: true, force: true });
       fs.renameSync('made', 'node_modules');`,
    );
  }
  const run = () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, 'scripts/ensure-installed.mjs')],
      {
        env: { npm_execpath: npm },
        encoding: 'utf8',
      },
    );
    return { status, stdout, stderr, call: existsSync(calls) ? readFileSync(calls, 'utf8') : undefined };
  };
  return { modules, install, run };
}

const locked = {
  zod: '4.0.0',
  '@scope/name': '1.0.0',
  'zod/node_modules/inner': '2.0.0',
  [optional]: '1.0.0',
};
const { [optional]: _left, ...whole } = locked;

test('nothing is said or done when all is installed but what is for other systems', (t) => {
  const { install, run } = createProject(t, locked, 'fails');
  install(whole);
  assert.deepEqual(run(), { status: 0, stdout: '', stderr: '', call: undefined });
});

test('a clone installs exactly what is locked, and says so', (t) => {
  const { status, stdout, call } = createProject(t, locked, whole).run();
  assert.equal(status, 0);
  assert.match(stdout, /^No packages are installed\. Running `npm ci`.*\nInstalled in \d+ s/);
  assert.match(call ?? '', /^ci /);
});

test('an installation of an earlier commit is completed', (t) => {
  for (const earlier of [{ ...whole, zod: '3.0.0' }, { zod: whole.zod }, { ...whole, [optional]: '0.9.0' }]) {
    const { install, run } = createProject(t, locked, whole);
    install(earlier);
    const { status, stdout, call } = run();
    assert.equal(status, 0);
    assert.match(stdout, /^Missing or of another version: /);
    assert.match(call ?? '', /^install --no-save /);
  }
});

test('an installation of which parts were deleted is made anew', (t) => {
  for (const part of ['zod', '@scope', '.package-lock.json']) {
    const { modules, install, run } = createProject(t, locked, whole);
    install(whole);
    rmSync(join(modules, part), { recursive: true });
    const { status, call } = run();
    assert.equal(status, 0);
    assert.match(call ?? '', /^ci /);
  }
});

test('the program of the package `node`, which an install script brings, must be there', (t) => {
  const { install, run } = createProject(t, { node: '24.0.0' }, 'fails');
  install({ node: '24.0.0' });
  assert.equal(run().status, 1);
});

test('a failed installation ends the command and says what to do', (t) => {
  const { status, stderr } = createProject(t, locked, 'fails').run();
  assert.equal(status, 1);
  assert.match(stderr, /failed.*registry.*try again, or run `npm ci`/s);
});

test('an installation that does not fit the lock file is an error, although npm ended well', (t) => {
  const { status, stderr } = createProject(t, locked, { ...whole, zod: '3.0.0' }).run();
  assert.equal(status, 1);
  assert.match(stderr, /npm ended well.*zod.*remove node_modules and run `npm ci`/s);
});

test('what a link leads to belongs to another checkout and is left alone', (t) => {
  const { modules, run } = createProject(t, locked, whole);
  const elsewhere = `${modules}-elsewhere`;
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, modules);
  const { status, stderr, call } = run();
  assert.equal(status, 1);
  assert.match(stderr, /node_modules is a link/);
  assert.equal(call, undefined);
});
