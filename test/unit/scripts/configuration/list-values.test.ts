import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noFile } from '../../../../config/file/file-configuration.ts';
import { readSettings } from '../../../../config/read-settings.ts';
import { formatDuration } from '../../../../scripts/configuration/format-duration.ts';
import { formatRows } from '../../../../scripts/configuration/format-rows.ts';
import { listValues } from '../../../../scripts/configuration/list-values.ts';
import { readText } from '../../config/file/read-text.ts';

async function print(
  text: string,
  variables: Record<string, string>,
  ofFile: string[] = [],
  target = 'local',
) {
  const file = { ...(text === '' ? noFile : await readText(text)), files: [] };
  const onAws = target === 'aws';
  const context = { stage: 'dev', version: '1', onAws, reservedConcurrency: true, open: false };
  const configuration = readSettings(variables, context, file);
  const rows = listValues({ variables, ofFile: new Set(ofFile), file, configuration, target });
  return { rows, text: formatRows(rows), of: (name: string) => rows.find((row) => row.name === name) };
}

const text = `limits:
  types: { custom: 2, translation: 3 }
  task_timeout: 90m
providers:
  kimi:
    concurrency: 5
    models:
      kimi-k3: { input_usd_per_million: 7 }
  box: { like: local, base_url: "http://10.0.0.1/v1" }
task_types:
  sku: { instructions: Do it. }
`;

test('each value is told with where it comes from: file and line, variable, .env, default', async () => {
  const variables = {
    KIMI_API_KEY: 'secret-1',
    LLM_AUTH_TOKEN: 'secret-2',
    LLM_TYPE_LIMITS: 'custom=9',
    LLM_RPM_KIMI: '60',
    LLM_PORT: '9000',
  };
  const { of, text: printed } = await print(text, variables, ['LLM_RPM_KIMI', 'LLM_AUTH_TOKEN']);
  for (const [name, value, origin] of [
    ['limits.task_timeout', '1h30m', 'config.yaml:3'],
    ['limits.types.custom', '9', 'LLM_TYPE_LIMITS in the environment'],
    ['limits.types.translation', '3', 'config.yaml:2'],
    ['retention', '7d', 'default'],
    ['limits.max_workers', 'none', 'default'],
    ['webhooks.allow_http', 'true', 'default of local'],
    ['webhooks.retry_delays', '0s, 5s, 5m, 30m, 2h, 5h, 10h', 'default'],
    ['providers.kimi.concurrency', '5', 'config.yaml:6'],
    ['providers.kimi.requests_per_minute', '60', 'LLM_RPM_KIMI in .env'],
    ['providers.kimi.base_url', 'https://api.moonshot.ai/v1', 'default'],
    ['providers.kimi.models.kimi-k3', '$7 in, $15 out, 1048576 tokens', 'config.yaml:8'],
    ['providers.box.base_url', 'http://10.0.0.1/v1', 'config.yaml:9'],
    ['providers.openai', 'off: OPENAI_API_KEY is not set', 'default'],
    ['task_types.sku', 'needs data, answers free text', 'config.yaml:11'],
    ['KIMI_API_KEY', 'set', 'KIMI_API_KEY in the environment'],
    ['LLM_AUTH_TOKEN', 'set', 'LLM_AUTH_TOKEN in .env'],
    ['LLM_WEBHOOK_SECRET', 'not set', ''],
    ['LLM_PORT', '9000', 'LLM_PORT in the environment'],
  ] as const)
    assert.deepEqual(of(name), { name, value, origin });
  assert.doesNotMatch(printed, /secret-/);
});

test('for AWS secrets are named by their parameters, and nothing of the local host is shown', async () => {
  const { of } = await print('', { LLM_PROVIDERS: 'kimi' }, [], 'aws');
  assert.deepEqual(of('KIMI_API_KEY'), {
    name: 'KIMI_API_KEY',
    value: 'not looked at',
    origin: 'SSM parameter /llm-service/dev/kimi/api-key',
  });
  assert.equal(of('LLM_PORT'), undefined);
  assert.equal(of('webhooks.allow_http')?.value, 'false');
});

test('durations are written as the configuration has them', () => {
  for (const [milliseconds, written] of [
    [0, '0s'],
    [250, '250ms'],
    [90_000, '1m30s'],
    [604_800_000, '7d'],
  ] as const)
    assert.equal(formatDuration(milliseconds), written);
});
