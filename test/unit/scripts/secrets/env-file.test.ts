import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseEnv } from 'node:util';
import { setInEnvFile } from '../../../../scripts/secrets/env-file.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'llm-env-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

/** What becomes of a file's text. */
function set(t: TestContext, before: string | undefined, name: string, value: string): string {
  const file = join(folder(t), '.env');
  if (before !== undefined) writeFileSync(file, before);
  setInEnvFile(file, name, value);
  return readFileSync(file, 'utf8');
}

test('a secret takes the place of the one before, and all else stays as it is', (t) => {
  const before = '# mine\nA=1\nexport KIMI_API_KEY = "old" # remark\n\nB=2\n';
  assert.equal(set(t, before, 'KIMI_API_KEY', 'sk-$1$&'), "# mine\nA=1\nKIMI_API_KEY='sk-$1$&'\n\nB=2\n");
  assert.equal(set(t, 'A=1', 'B', 'two'), 'A=1\nB=two\n');
  assert.equal(set(t, 'A=1\r\nB=2\r\nC=3\r\n', 'B', 'two'), 'A=1\r\nB=two\r\nC=3\r\n');
  assert.equal(set(t, undefined, 'A', 'one'), 'A=one\n');
  assert.equal(
    set(t, '# KIMI_API_KEY=\nMY_KIMI_API_KEY=x\n', 'KIMI_API_KEY', 'k').split('\n').at(-2),
    'KIMI_API_KEY=k',
  );
});

test('whatever is in a secret, it is read as it was given', (t) => {
  for (const value of ['a#b', "it's", '{"a":["whsec_x"]}', 'a"b', 'a\\nb', '`', '=', 'a$HOME', 'a\'b"c'])
    assert.equal(parseEnv(set(t, 'A=1\n', 'X', value)).X, value, value);
});

test('what would be read as something else is refused, and the file stays', (t) => {
  const file = join(folder(t), '.env');
  const before = 'X="two\nlines"\nA=1\n';
  writeFileSync(file, before);
  assert.throws(() => setInEnvFile(file, 'X', 'new'), /\.env cannot take X.*Nothing was changed/);
  assert.throws(() => setInEnvFile(file, 'Y', `'"\``), /cannot take Y/);
  assert.equal(readFileSync(file, 'utf8'), before);
});

test('only its owner may read the file, a link stays one, and nothing is left beside it', (t) => {
  const path = folder(t);
  const file = join(path, 'real.env');
  writeFileSync(file, 'A=1\n');
  chmodSync(file, 0o644);
  symlinkSync(file, join(path, '.env'));
  setInEnvFile(join(path, '.env'), 'B', '2');
  assert.equal(readFileSync(file, 'utf8'), 'A=1\nB=2\n');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(path).toSorted(), ['.env', 'real.env']);
});
