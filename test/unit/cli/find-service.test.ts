import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findService } from '../../../cli/find-service.ts';

test('the service is the local host, the one of .env, or the one that is named', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-service-env-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, '.env');
  assert.equal(findService({}, file).baseUrl, 'http://127.0.0.1:8080');
  writeFileSync(file, 'LLM_PORT=9999\nLLM_AUTH_TOKEN=local\nKIMI_API_KEY=key\n');
  const { baseUrl, token } = findService({}, file);
  assert.deepEqual([baseUrl, token], ['http://127.0.0.1:9999', 'local']);
  assert.equal(findService({ LLM_AUTH_TOKEN: 'mine', LLM_PORT: '' }, file).token, 'mine');
  const named = findService({ LLM_BASE_URL: 'https://api.example.com/prod/' }, file);
  assert.deepEqual([named.baseUrl, named.token], ['https://api.example.com/prod', undefined]);
  for (const LLM_BASE_URL of ['api.example.com', 'ftp://x', 'localhost:8080'])
    assert.throws(() => findService({ LLM_BASE_URL }, file), /LLM_BASE_URL/);
});
