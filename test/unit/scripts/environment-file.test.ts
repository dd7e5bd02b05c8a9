import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeEnvironmentFile } from '../../../scripts/emulator/environment-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'llm-service-environment-'));
after(() => rmSync(directory, { recursive: true }));

test('a shell reads back exactly what was written, and nobody else may read it', () => {
  const file = join(directory, 'emulator.env');
  const url = 'http://127.0.0.1:4566/_aws/execute-api/abc/$default';
  const token = `it's "$HOME" \`id\` \\ done`;
  writeEnvironmentFile(file, { LLM_BASE_URL: url, LLM_AUTH_TOKEN: token });
  const script = 'set -a; . "$1"; printf "%s\\n%s" "$LLM_BASE_URL" "$LLM_AUTH_TOKEN"';
  assert.equal(execFileSync('sh', ['-c', script, 'sh', file], { encoding: 'utf8' }), `${url}\n${token}`);
  assert.equal(statSync(file).mode & 0o777, 0o600);
});
