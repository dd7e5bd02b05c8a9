import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { test } from 'node:test';
import { type Import, readImports, root } from './read-imports.ts';

/** Folders that the files of a folder may import from, beside their own. */
const arrows: Record<string, string[]> = {
  core: [],
  adapters: ['core'],
  config: ['core'],
  functions: ['core', 'adapters', 'config'],
  lib: ['config'],
  // Of adapters what checks the schemas of task types.
  bin: ['lib', 'config', 'adapters', 'package.json'],
  local: [],
  client: [],
  cli: ['client'],
  console: ['client'],
};

/** Of the service the local host knows how files are read that people write, and no more. */
const allowed = new Set(['local/env-file.ts config/decode-text.ts']);

/** Packages that the files of a folder may import; node: means Node's own modules. */
const packages: Record<string, RegExp> = {
  core: /^(zod|ipaddr\.js|tldts|ajv-formats\/.*|node:crypto)$/,
  config: /^(zod|yaml|node:(fs|path))$/,
  client: /^$/,
  cli: /^node:.*$/,
  console: /^(preact(\/hooks)?|@preact\/signals|uplot(\/dist\/uPlot\.min\.css)?)$/,
  functions: /^(zod|@middy\/core|@aws-lambda-powertools\/(logger|metrics)|aws-lambda|node:.*)$/,
};

/** The one place that may import a package. */
const owners: [pattern: RegExp, place: string][] = [
  [/^@aws-sdk\//, 'adapters'],
  [/^openai(\/|$)/, 'adapters'],
  [/^(dynalite|fauxqs|ws)(\/|$)/, 'local'],
  [/^(ipaddr\.js|tldts)$/, 'core/webhooks'],
  [/^ajv-formats\//, 'core/json-schema'],
  [/^yaml$/, 'config/file'],
];

const imports = Object.keys(arrows).flatMap(readImports);
const isPackage = ({ target }: Import) =>
  !target.includes(sep) || !((target.split(sep)[0] as string) in { ...arrows, 'package.json': 1 });

test('folders import only from those that this test allows', () => {
  const wrong = imports
    .filter((each) => !isPackage(each) || each.target === 'package.json')
    .filter(({ file, target }) => !allowed.has(`${file} ${target}`))
    .filter(({ folder, target }) => {
      const [to] = target.split(sep) as [string];
      return to !== folder && !arrows[folder]?.includes(to);
    });
  assert.deepEqual(wrong, []);
});

test('core and config need no package but zod and those with an owner, functions only what a handler needs', () => {
  const wrong = imports
    .filter((each) => isPackage(each) && each.target !== 'package.json')
    .filter(({ folder, target }) => packages[folder] && !packages[folder].test(target));
  assert.deepEqual(wrong, []);
});

test('the AWS SDK and the openai package are known to adapters alone, emulation to the local host, addresses to webhooks', () => {
  const wrong = imports.filter(({ file, target }) =>
    owners.some(([pattern, place]) => pattern.test(target) && !file.startsWith(`${place}${sep}`)),
  );
  assert.deepEqual(wrong, []);
});

test('of config only what reads the configuration’s file reads files', () => {
  const wrong = imports.filter(
    ({ file, folder, target }) =>
      folder === 'config' && target.startsWith('node:') && !file.startsWith(`config${sep}file${sep}`),
  );
  assert.deepEqual(wrong, []);
});

test('core reads no clock, no randomness, no environment', () => {
  const files = readdirSync(join(root, 'core'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const wrong = files.filter((name) =>
    /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomUUID\(|\bprocess\.env\b/.test(
      readFileSync(join(root, 'core', name), 'utf8'),
    ),
  );
  assert.deepEqual(wrong, []);
});

test('the check sees imports at all', () => {
  assert.ok(imports.some(({ folder, target }) => folder === 'functions' && target.startsWith('core')));
  assert.ok(imports.some(({ target }) => target === 'zod'));
});
