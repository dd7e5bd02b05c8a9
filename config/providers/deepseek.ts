import type * as z from 'zod';
import type { Provider } from '../../core/providers/provider.ts';

/** Limits simultaneous calls (2,500 flash, 500 pro), not calls a minute. Waiting calls get blank lines. */
export const deepseek: z.input<typeof Provider> = {
  name: 'deepseek',
  title: 'DeepSeek',
  dialect: 'openai',
  baseUrl: 'https://api.deepseek.com',
  key: 'required',
  pricedAt: '2026-06-15',
  concurrencyLimit: 50,
  structuredOutput: 'json_object',
  usage: {
    cachedTokens: ['prompt_cache_hit_tokens'],
    reasoningTokens: ['completion_tokens_details.reasoning_tokens'],
  },
  errors: 'deepseek',
  defaultModel: 'deepseek-v4-flash',
  models: [
    {
      name: 'deepseek-v4-flash',
      inputUsdPerMillion: 0.14,
      cachedInputUsdPerMillion: 0.0028,
      outputUsdPerMillion: 0.28,
      contextWindow: 1_000_000,
      maxOutputTokens: 384_000,
      quality: 0.77,
      // Thinks by default, and thinking is billed as output.
      extraBody: { thinking: { type: 'disabled' } },
      typicalLatencyMs: 5_000,
    },
    {
      name: 'deepseek-v4-pro',
      inputUsdPerMillion: 0.435,
      cachedInputUsdPerMillion: 0.003625,
      outputUsdPerMillion: 0.87,
      contextWindow: 1_000_000,
      maxOutputTokens: 384_000,
      // With thinking left on: the one to choose where quality counts.
      quality: 0.88,
      typicalLatencyMs: 15_000,
    },
  ],
};
