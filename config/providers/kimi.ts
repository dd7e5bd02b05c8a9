import type * as z from 'zod';
import type { Provider, ProviderModel } from '../../core/providers/provider.ts';

/** Every model has these fixed and answers any other value by 400, so none is sent. */
const fixed: z.input<typeof ProviderModel>['refuses'] = [
  'temperature',
  'top_p',
  'n',
  'presence_penalty',
  'frequency_penalty',
];

// Limits: account tier 1 (50 calls at once, 200 a minute, 2M tokens a minute).
const definition = {
  dialect: 'openai',
  key: 'required',
  pricedAt: '2026-10-24',
  concurrencyLimit: 20,
  requestsPerMinute: 200,
  tokensPerMinute: 2_000_000,
  structuredOutput: 'json_object',
  maxTokensName: 'max_completion_tokens',
  usage: { cachedTokens: ['cached_tokens'] },
  errors: 'kimi',
  defaultModel: 'kimi-k2.6',
  models: [
    {
      name: 'kimi-k2.6',
      inputUsdPerMillion: 0.95,
      cachedInputUsdPerMillion: 0.16,
      outputUsdPerMillion: 4,
      contextWindow: 262_144,
      quality: 0.8,
      refuses: fixed,
      // Thinks by default, and thinking is billed as output.
      extraBody: { thinking: { type: 'disabled' } },
      typicalLatencyMs: 6_000,
    },
    {
      name: 'kimi-k3.1-pro',
      inputUsdPerMillion: 2,
      cachedInputUsdPerMillion: 0.2,
      outputUsdPerMillion: 10,
      contextWindow: 1_000_000,
      quality: 0.93,
      refuses: fixed,
      typicalLatencyMs: 15_000,
    },
    {
      name: 'kimi-k3.1-pro-highspeed',
      inputUsdPerMillion: 4,
      cachedInputUsdPerMillion: 0.2,
      outputUsdPerMillion: 20,
      contextWindow: 1_000_000,
      quality: 0.93,
      refuses: fixed,
      typicalLatencyMs: 6_000,
    },
    {
      name: 'kimi-k3',
      inputUsdPerMillion: 3,
      cachedInputUsdPerMillion: 0.3,
      outputUsdPerMillion: 15,
      contextWindow: 1_048_576,
      maxOutputTokens: 131_072,
      quality: 0.91,
      refuses: fixed,
      typicalLatencyMs: 15_000,
    },
  ],
} satisfies Partial<z.input<typeof Provider>>;

/** Two definitions, since a key of one platform is refused by the other. */
export const kimi: z.input<typeof Provider> = {
  ...definition,
  name: 'kimi',
  title: 'Kimi (Moonshot AI), international',
  baseUrl: 'https://api.moonshot.ai/v1',
};

export const kimiChina: z.input<typeof Provider> = {
  ...definition,
  name: 'kimi-china',
  title: 'Kimi (Moonshot AI), China',
  baseUrl: 'https://api.moonshot.cn/v1',
};
