import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parseEnv } from 'node:util';
import { hostVariables } from '../../../config/known-variables.ts';
import { keyVariable, modelsVariable } from '../../../config/provider-variables.ts';
import { providers } from '../../../config/providers.ts';
import { mergeSettings } from '../../../config/setting-values.ts';
import { parseVariables, SettingsVariables } from '../../../config/settings-variables.ts';
import { webhookRetryDelays } from '../../../core/webhooks/retry-delays.ts';

const root = resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

const variables = [...Object.keys(SettingsVariables.shape), ...hostVariables];
const example = parseEnv(read('.env.example')) as Record<string, string>;

/** Variables named in the first cell of a table's row. */
const documented = new Set(
  globSync(['README.md', 'docs/*.md'], { cwd: root }).flatMap((file) =>
    [...read(file).matchAll(/^\| ([^|]*`[^|]*) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name),
    ),
  ),
);

test('every variable is in a table of the documents', () => {
  assert.deepEqual(
    variables.filter((name) => !documented.has(name)),
    [],
  );
});

test('.env.example has every variable and every provider’s key, and no other of the service', () => {
  const keys = providers.filter(({ key }) => key !== 'none').map(({ name }) => keyVariable(name));
  assert.deepEqual(
    Object.keys(example).sort(),
    [...variables, ...keys, 'LOCAL_LLM_BASE_URL', modelsVariable].sort(),
  );
});

test('the values of .env.example are the defaults', () => {
  assert.deepEqual(mergeSettings({}, parseVariables(example).variables), {
    ...mergeSettings({}, {}),
    LLM_WEBHOOK_RETRY_DELAYS: webhookRetryDelays,
  });
  const host = globSync('local/*.ts', { cwd: root }).map(read).join('\n');
  for (const name of ['LLM_PORT', 'LLM_HOST', 'LLM_DATA_DIR', 'LLM_LOG_LEVEL']) {
    const value = example[name]?.replaceAll('.', '\\.');
    // Such as `LLM_PORT || 8080` or `LLM_LOG_LEVEL ?? 'info'`.
    assert.match(host, new RegExp(`${name} (?:\\|\\||\\?\\?) '?${value}(?![\\w./-])`), name);
  }
});

test('the limits that providers have of their own are the documented ones', () => {
  const number = (text = '') => (text === '' ? undefined : Number(text.replaceAll(',', '')));
  const rows = [
    ...read('docs/configuration.md').matchAll(/^\| ((?:`[a-z-]+`,? ?)+) \| (\S+) \| (\S*) ?\| (\S*) ?\|$/gm),
  ];
  const limits = rows.flatMap(([, names = '', calls, requests, tokens]) =>
    [...names.matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => [
      name,
      number(calls),
      number(requests),
      number(tokens),
    ]),
  );
  assert.deepEqual(
    limits.sort(),
    providers
      .map((each) => [each.name, each.concurrencyLimit, each.requestsPerMinute, each.tokensPerMinute])
      .sort(),
  );
});
