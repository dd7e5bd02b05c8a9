import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { median } from '../../bench/percentile.ts';
import { bundledConstants } from '../../config/deployed.ts';
import { type BundleFile, bundleFunctions } from '../../lib/bundle-functions.ts';
import { listFunctions } from '../../lib/list-functions.ts';
import { synthesizeService } from './synthesize-service.ts';

/** Kilobytes (1,000 bytes) of all files of a bundle, what is loaded late included. */
const budgets = { largest: 900, median: 400 };

const root = join(import.meta.dirname, '..', '..');
const output = mkdtempSync(join(tmpdir(), 'llm-service-test-'));
after(() => rmSync(output, { recursive: true }));
const { configuration } = synthesizeService();
const constants = bundledConstants(configuration.deployed, configuration.settings);
const entries = listFunctions(configuration).map(({ entry }) => entry);
const bundles = await bundleFunctions(root, entries, { constants, output, together: false });

const filesOf = (entry: string): BundleFile[] => bundles.get(entry) ?? [];
const sourcesOf = (files: BundleFile[]) => files.flatMap(({ inputs }) => Object.keys(inputs));

test('the bundle of every function is complete', async () => {
  for (const entry of entries) {
    const files = readdirSync(join(output, entry));
    assert.ok(files.includes('index.mjs'), entry);
    assert.equal(files.length, filesOf(entry).length);
    for (const file of files) {
      const source = readFileSync(join(output, entry, file), 'utf8');
      for (const [, imported = ''] of source.matchAll(/(?:from|import\()\s*"\.\/([^"]+\.mjs)"/g))
        assert.ok(files.includes(imported), `${entry}/${file} imports ${imported}`);
    }
  }
  const { handler } = await import(join(output, 'http/get-health/index.mjs'));
  assert.equal(typeof handler, 'function');
});

test('bundles stay within their budgets of size', () => {
  const sizes = entries
    .map((entry) => ({ entry, kilobytes: filesOf(entry).reduce((sum, { bytes }) => sum + bytes, 0) / 1_000 }))
    .toSorted((a, b) => a.kilobytes - b.kilobytes);
  const table = sizes
    .map(({ entry, kilobytes }) => `${kilobytes.toFixed(0).padStart(5)}  ${entry}`)
    .join('\n');
  const hint = `npm run bench:cold-start -- --inputs <function> shows what is in one\n${table}`;
  const middle = median(sizes.map(({ kilobytes }) => kilobytes));
  assert.ok(
    (sizes.at(-1)?.kilobytes ?? 0) <= budgets.largest,
    `The largest is above ${budgets.largest} KB: ${hint}`,
  );
  assert.ok(
    middle <= budgets.median,
    `The median ${middle.toFixed(0)} KB is above ${budgets.median} KB: ${hint}`,
  );
});

/** What most events never come to, by a source of it, and a function that comes to it. */
const late: [source: RegExp, usedBy: string][] = [
  [/node_modules\/openai\//, 'queue/process-task'],
  [/node_modules\/@aws-sdk\/client-s3\//, 'http/submit-task'],
  [/node_modules\/@aws-sdk\/client-ssm\//, 'http/submit-task'],
  [/node_modules\/re2js\//, 'http/submit-task'],
  [/^core\/json-schema\/(?!json-value)/, 'http/submit-task'],
];

test('clients of providers, S3 and SSM and the code of JSON Schema are loaded by the first event that needs them', () => {
  for (const [source, usedBy] of late) {
    assert.ok(
      sourcesOf(filesOf(usedBy)).some((each) => source.test(each)),
      `${usedBy} has no ${source}`,
    );
    for (const entry of entries) {
      const atStart = sourcesOf(filesOf(entry).filter((file) => file.atStart));
      assert.deepEqual(
        atStart.filter((each) => source.test(each)),
        [],
        entry,
      );
    }
  }
});

test('of the ways to credentials a bundle has the environment alone', () => {
  for (const entry of entries)
    assert.deepEqual(
      sourcesOf(filesOf(entry)).filter((source) =>
        /credential-provider-(?!env\/)|nested-clients/.test(source),
      ),
      [],
    );
});

test('a function without an entry file is named', async () => {
  await assert.rejects(
    bundleFunctions(root, ['http/get-health', 'http/no-such-function'], {
      constants: {},
      output: tmpdir(),
      together: true,
    }),
    /no entry file:\n.*functions\/http\/no-such-function\.ts/,
  );
});
