import type * as z from 'zod';
import type { Provider } from '../../core/providers/provider.ts';

/** Its OpenAI-compatible endpoint ignores `response_format`, so JSON is asked for in the prompt. */
export const anthropic: z.input<typeof Provider> = {
  name: 'anthropic',
  title: 'Anthropic',
  dialect: 'openai',
  baseUrl: 'https://api.anthropic.com/v1/',
  key: 'required',
  pricedAt: '2026-07-29',
  concurrencyLimit: 20,
  requestsPerMinute: 50,
  structuredOutput: 'prompt',
  errors: 'anthropic',
  defaultModel: 'claude-haiku-4-5',
  models: [
    {
      name: 'claude-haiku-4-5',
      inputUsdPerMillion: 1,
      cachedInputUsdPerMillion: 0.1,
      outputUsdPerMillion: 5,
      contextWindow: 200_000,
      quality: 0.83,
      typicalLatencyMs: 3_500,
    },
    {
      name: 'claude-sonnet-5',
      inputUsdPerMillion: 3,
      cachedInputUsdPerMillion: 0.3,
      outputUsdPerMillion: 15,
      contextWindow: 1_000_000,
      quality: 0.94,
      typicalLatencyMs: 7_000,
    },
    {
      name: 'claude-opus-5',
      inputUsdPerMillion: 5,
      cachedInputUsdPerMillion: 0.5,
      outputUsdPerMillion: 25,
      contextWindow: 1_000_000,
      quality: 0.97,
      typicalLatencyMs: 10_000,
    },
  ],
};
