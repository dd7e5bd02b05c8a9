import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { clearOutput } from '../../../scripts/emulator/clear-output.ts';

const directory = mkdtempSync(join(tmpdir(), 'llm-service-output-'));
after(() => rmSync(directory, { recursive: true, force: true }));
const output = join(directory, 'output');

test('takes a directory that is not there, is empty or holds a cloud assembly', () => {
  clearOutput(output);
  mkdirSync(output);
  clearOutput(output);
  assert.equal(existsSync(output), false);
  mkdirSync(join(output, 'assembly-llm-dev'), { recursive: true });
  mkdirSync(join(output, 'asset.12ab'));
  for (const name of ['cdk.out', 'manifest.json', 'outputs.json', 'emulator.env', 'llmdev.assets.json'])
    writeFileSync(join(output, name), '');
  clearOutput(output);
  assert.equal(existsSync(output), false);
});

test('never empties a directory of something else', () => {
  mkdirSync(output);
  writeFileSync(join(output, 'package.json'), '{}');
  // A project has one too.
  mkdirSync(join(output, 'cdk.out'));
  assert.throws(() => clearOutput(output), /it holds package\.json, which no deployment wrote/);
  assert.equal(existsSync(join(output, 'package.json')), true);
});
