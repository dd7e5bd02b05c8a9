import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noFile } from '../../../config/file/file-configuration.ts';
import { readSettings } from '../../../config/read-settings.ts';
import { ConfigurationError } from '../../../config/settings-variables.ts';
import { readText } from './file/read-text.ts';

const here = { stage: 'test', version: '1', onAws: false, reservedConcurrency: true, open: false };

async function answerTo(variables: Record<string, string>, text = ''): Promise<string[]> {
  try {
    const { notices } = readSettings(variables, here, { ...(await readText(text)), files: [] });
    return notices.filter((notice) => !/^(No provider|LLM_AUTH_TOKEN is not)/.test(notice));
  } catch (error) {
    assert.ok(error instanceof ConfigurationError);
    return [...error.faults];
  }
}

/** Variables that are wrong, and all that is said of them. */
const wrong: [variables: Record<string, string>, answers: string[]][] = [
  [{ LLM_MAX_WORKERS: '"4"' }, ['LLM_MAX_WORKERS must be a whole number of at least 1, not "\\"4\\""']],
  [
    { LLM_TASK_TIMEOUT: '90' },
    ['LLM_TASK_TIMEOUT must be a duration up to 14d, such as 30s, 5m or 1h30m, not "90"'],
  ],
  [
    { LLM_WEBHOOK_RETRY_DELAYS: '0s,12h1s' },
    ['LLM_WEBHOOK_RETRY_DELAYS must be durations up to 12h, such as 0s,5s,5m, not "12h1s"'],
  ],
  [
    { LLM_TYPE_LIMITS: 'translatoin=1' },
    [
      'LLM_TYPE_LIMITS names translatoin (did you mean translation?); known are semantic_analysis, data_cleaning, category_match, text_summarization, translation, custom, chat_completion, response, embedding',
    ],
  ],
  [{ LLM_TYPE_LIMITS: 'custom=1,custom=2' }, ['LLM_TYPE_LIMITS names custom twice, not "custom=1,custom=2"']],
  [
    { LLM_CONCURRENCY_KIMI: '0', LLM_RPM_QWEN: 'fast' },
    [
      'LLM_CONCURRENCY_KIMI must be a whole number from 1 to 1000, not "0"',
      'LLM_RPM_QWEN must be a whole number of at least 1, not "fast"',
    ],
  ],
  [
    { LLM_CONCURRENCY_KIMMI: '4' },
    ['LLM_CONCURRENCY_KIMMI belongs to no known provider: did you mean LLM_CONCURRENCY_KIMI?'],
  ],
  [
    { KIMI_BASE_URL: 'localhost:4000/v1' },
    ['KIMI_BASE_URL must be a URL that begins with http:// or https://, such as https://api.example.com/v1'],
  ],
  [
    { KIMI_API_KEY: "'sk-1'" },
    ['KIMI_API_KEY has quotes around it, which would be part of it: leave them out'],
  ],
  [{ KIMI_API_KEY: 'sk 1' }, ['KIMI_API_KEY has a space in it: a secret has none']],
  [{ LLM_AUTH_TOKEN: 'a\r\nb' }, ['LLM_AUTH_TOKEN has several lines: a secret is one']],
  [{ LLM_AUTH_TOKEN: 'a\u200bb' }, ['LLM_AUTH_TOKEN has a character that is not ASCII: a secret has none']],
  [
    { LLM_WEBHOOK_SECRET: 'hunter2' },
    [
      'LLM_WEBHOOK_SECRET must be whsec_ and the base64 of 24 to 64 bytes, or two of these with a comma between them',
    ],
  ],
  // What follows starts, with a warning.
  [
    { LLM_MAX_WORKER: '4' },
    ['LLM_MAX_WORKER is no variable of the service and has no effect: did you mean LLM_MAX_WORKERS?'],
  ],
  [
    { LLM_KIMI_API_KEY: 'k' },
    ['LLM_KIMI_API_KEY is no variable of the service and has no effect: did you mean KIMI_API_KEY?'],
  ],
  [{ LM_MAX_WORKERS: '4' }, ['LM_MAX_WORKERS is no variable of the service: did you mean LLM_MAX_WORKERS?']],
  [{ KIMMI_API_KEY: 'k' }, ['KIMMI_API_KEY is no variable of the service: did you mean KIMI_API_KEY?']],
  [{ KIMI_KEY: 'k' }, ['KIMI_KEY is no variable of the service: did you mean KIMI_API_KEY?']],
  [
    { OPENAI_API_BASE: 'x' },
    ['OPENAI_API_BASE is no variable of the service: did you mean OPENAI_BASE_URL?'],
  ],
  [{ GITHUB_TOKEN: 'x', DATABASE_URL: 'y', AWS_ENDPOINT_URL: 'z' }, []],
];

for (const [variables, answers] of wrong)
  test(`answered: ${JSON.stringify(variables)}`, async () => {
    assert.deepEqual(await answerTo(variables), answers);
  });

test('what is wrong in the file and in the variables is told at once', async () => {
  const faults = await answerTo(
    { LLM_MAX_WORKERS: '0', LLM_CONCURRENCY_BOX: '0', LLM_PROVIDERS: 'box,boxx' },
    'limits: { max_queue_size: 0 }\nproviders: { box: { like: local, base_url: "http://10.0.0.1" } }\n',
  );
  assert.deepEqual(faults, [
    'config.yaml:1:27 limits.max_queue_size must be a whole number of at least 1, not 0',
    'LLM_MAX_WORKERS must be a whole number of at least 1, not "0"',
    'LLM_CONCURRENCY_BOX must be a whole number from 1 to 1000, not "0"',
    'LLM_PROVIDERS names boxx (did you mean box?); known are kimi, kimi-china, openai, qwen, deepseek, gemini, anthropic, bedrock, local, simulated, box',
  ]);
});

test('a provider of the file has variables of its own, and a misspelt one is told', async () => {
  const text = 'providers: { gpu-box: { like: local, base_url: "http://10.0.0.1:8000/v1" } }\n';
  const variables = {
    LLM_CONCURRENCY_GPU_BOX: '7',
    LLM_RPM_GPU_BOX: '90',
    GPU_BOX_BASE_URL: 'http://10.0.0.2',
  };
  const { settings } = readSettings(variables, here, { ...(await readText(text)), files: [] });
  assert.deepEqual(JSON.parse(JSON.stringify(settings.providers)), [
    {
      name: 'gpu-box',
      concurrencyLimit: 7,
      requestsPerMinute: 90,
      baseUrl: 'http://10.0.0.2',
      limitedBySemaphore: false,
    },
  ]);
  assert.deepEqual(await answerTo({ LLM_CONCURRENCY_GPUBOX: '7' }, text), [
    'LLM_CONCURRENCY_GPUBOX belongs to no known provider: did you mean LLM_CONCURRENCY_GPU_BOX?',
  ]);
});

test('the variables count before the file, type by type, and a fault names where its value is from', async () => {
  const text = 'limits: { max_workers: 3, types: { custom: 1, translation: 2 } }\nretention: 3d\n';
  const file = { ...(await readText(text)), files: [] };
  const { settings } = readSettings({ LLM_TYPE_LIMITS: 'custom=5', LLM_RETENTION: '1d' }, here, file);
  assert.deepEqual(
    [settings.typeLimits, settings.maxWorkers, settings.retentionMs],
    [{ custom: 5, translation: 2 }, 3, 86_400_000],
  );
  const kept = 'scheduling: { slots_kept_for_sync: 30 }\n';
  assert.match(
    (await answerTo({}, kept)).join(),
    /^config\.yaml:1 scheduling\.slots_kept_for_sync=30 leaves nothing of simulated's limit of 20/,
  );
  assert.match(
    (await answerTo({ LLM_SLOTS_KEPT_FOR_SYNC: '40' }, kept)).join(),
    /^LLM_SLOTS_KEPT_FOR_SYNC=40 leaves nothing/,
  );
});

test('models that the file gives to the server of one’s own are all that it has, which LOCAL_LLM_MODEL is told', async () => {
  const text =
    'providers: { local: { base_url: "http://127.0.0.1:1/v1", models: { qwen: { quality: 0.6 } } } }\n';
  const file = { ...(await readText(text)), files: [] };
  const local = file.providers.find(({ name }) => name === 'local');
  assert.deepEqual(
    [local?.findsModels, local?.defaultModel, local?.models.map(({ name }) => name)],
    [false, 'qwen', ['qwen']],
  );
  assert.deepEqual(await answerTo({ LOCAL_LLM_MODEL: 'other' }, text), [
    'LOCAL_LLM_MODEL has no effect: config.yaml:1 names the models of local.',
  ]);
  assert.equal(noFile.providers.find(({ name }) => name === 'local')?.findsModels, true);
});
