import type * as z from 'zod';
import type { Provider } from '../../core/providers/provider.ts';

// Models reason at `medium` unless told otherwise, and reasoning is billed as output; only with effort `none`
// do they take a temperature. Windows are cut at 272K tokens: above, input costs twice and output 1.5 times.

export const openai: z.input<typeof Provider> = {
  name: 'openai',
  title: 'OpenAI',
  dialect: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  key: 'required',
  pricedAt: '2026-10-26',
  concurrencyLimit: 20,
  requestsPerMinute: 500,
  tokensPerMinute: 500_000,
  structuredOutput: 'json_schema',
  maxTokensName: 'max_completion_tokens',
  errors: 'openai',
  defaultModel: 'gpt-6-luna',
  models: [
    {
      name: 'gpt-6-luna',
      inputUsdPerMillion: 0.1,
      cachedInputUsdPerMillion: 0.01,
      outputUsdPerMillion: 0.5,
      contextWindow: 272_000,
      maxOutputTokens: 128_000,
      quality: 0.8,
      extraBody: { reasoning_effort: 'none' },
      typicalLatencyMs: 3_000,
    },
    {
      name: 'gpt-5.6-luna',
      inputUsdPerMillion: 0.2,
      cachedInputUsdPerMillion: 0.02,
      outputUsdPerMillion: 1.2,
      contextWindow: 272_000,
      maxOutputTokens: 128_000,
      quality: 0.79,
      extraBody: { reasoning_effort: 'none' },
      typicalLatencyMs: 3_500,
    },
    {
      name: 'gpt-6.1-terra',
      inputUsdPerMillion: 1,
      cachedInputUsdPerMillion: 0.05,
      outputUsdPerMillion: 5,
      contextWindow: 272_000,
      maxOutputTokens: 128_000,
      quality: 0.91,
      refuses: ['temperature'],
      typicalLatencyMs: 8_000,
    },
    {
      name: 'gpt-6.1-sol',
      inputUsdPerMillion: 2,
      cachedInputUsdPerMillion: 0.1,
      outputUsdPerMillion: 10,
      contextWindow: 272_000,
      maxOutputTokens: 128_000,
      quality: 0.96,
      refuses: ['temperature'],
      typicalLatencyMs: 15_000,
    },
  ],
};
