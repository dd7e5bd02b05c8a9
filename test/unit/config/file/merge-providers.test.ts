import assert from 'node:assert/strict';
import { test } from 'node:test';
import { providers as builtIn } from '../../../../config/providers.ts';
import { Provider } from '../../../../core/providers/provider.ts';
import { readText } from './read-text.ts';

async function providersOf(text: string) {
  const { providers, faults } = await readText(text);
  assert.deepEqual(faults, []);
  for (const provider of providers) assert.deepEqual(Provider.parse(provider), provider);
  return (name: string) => providers.find((provider) => provider.name === name) as Provider;
}
const builtInOf = (name: string) => builtIn.find((provider) => provider.name === name) as Provider;

test('a built-in provider keeps what the file does not name, model by model', async () => {
  const of = await providersOf(
    `providers:
  kimi:
    concurrency: 3
    models:
      kimi-k3: { quality: 0.99 }
      kimi-next: { input_usd_per_million: 1, output_usd_per_million: 2, context_window: 500000 }
`,
  );
  const kimi = builtInOf('kimi');
  assert.deepEqual(of('kimi'), {
    ...kimi,
    concurrencyLimit: 3,
    models: [
      ...kimi.models.map((model) => (model.name === 'kimi-k3' ? { ...model, quality: 0.99 } : model)),
      {
        name: 'kimi-next',
        kind: 'chat',
        inputUsdPerMillion: 1,
        outputUsdPerMillion: 2,
        contextWindow: 500_000,
        quality: 0.5,
        refuses: [],
        typicalLatencyMs: 3_000,
      },
    ],
  });
  assert.deepEqual(of('openai'), builtInOf('openai'));
});

test('servers of your own are like `local`, each with its address and models', async () => {
  const of = await providersOf(
    `providers:
  one: { like: local, base_url: "http://127.0.0.1:11434/v1/" }
  two:
    like: local
    base_url: http://10.0.0.2:8000//v1
    models: { qwen2.5:0.5b: { context_window: 4096 }, 4.10: {} }
`,
  );
  const local = builtInOf('local');
  assert.deepEqual(of('one'), { ...local, name: 'one', title: 'one', baseUrl: 'http://127.0.0.1:11434/v1' });
  const two = of('two');
  assert.equal(two.baseUrl, 'http://10.0.0.2:8000/v1');
  assert.deepEqual(
    two.models.map(({ name, contextWindow }) => [name, contextWindow]),
    [
      ['qwen2.5:0.5b', 4_096],
      ['4.10', local.models[0]?.contextWindow],
    ],
  );
  assert.deepEqual([two.defaultModel, two.anyModel, two.key], ['qwen2.5:0.5b', true, 'optional']);
});

test('a new provider speaks the OpenAI dialect, needs a key, and asks its first chat model', async () => {
  const of = await providersOf(
    `providers:
  acme:
    base_url: https://api.acme.example/v1
    models:
      vectors: { kind: embedding, input_usd_per_million: 0.1, output_usd_per_million: 0, context_window: 8192 }
      small: { input_usd_per_million: 0.2, output_usd_per_million: 0.8, context_window: 128000 }
`,
  );
  const { dialect, key, structuredOutput, defaultModel, errors, concurrencyLimit, requestsPerMinute } =
    of('acme');
  assert.deepEqual(
    { dialect, key, structuredOutput, defaultModel, errors, concurrencyLimit, requestsPerMinute },
    {
      dialect: 'openai',
      key: 'required',
      structuredOutput: 'prompt',
      defaultModel: 'small',
      errors: 'openai',
      concurrencyLimit: 10,
      requestsPerMinute: undefined,
    },
  );
});

test('a price of cached tokens above that of others, and an answer longer than the window, are refused', async () => {
  const { faults } = await readText(
    `providers:
  kimi:
    models:
      kimi-k2.6: { input_usd_per_million: 0.1, max_output_tokens: 300000 }
`,
  );
  assert.deepEqual(faults, [
    'config.yaml:4:7 providers.kimi.models.kimi-k2.6.cached_input_usd_per_million is 0.16, above the 0.1 of other input',
    'config.yaml:4:67 providers.kimi.models.kimi-k2.6.max_output_tokens is 300000, above its context window of 262144',
  ]);
});
