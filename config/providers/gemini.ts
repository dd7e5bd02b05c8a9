import type * as z from 'zod';
import type { Provider } from '../../core/providers/provider.ts';

export const gemini: z.input<typeof Provider> = {
  name: 'gemini',
  title: 'Google Gemini',
  dialect: 'openai',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai/',
  key: 'required',
  pricedAt: '2026-08-01',
  concurrencyLimit: 20,
  requestsPerMinute: 150,
  structuredOutput: 'json_schema',
  usage: { cachedTokens: ['prompt_tokens_details.cached_tokens'], countsThoughtsApart: true },
  errors: 'gemini',
  defaultModel: 'gemini-3.5-flash-lite',
  models: [
    {
      name: 'gemini-3.5-flash-lite',
      inputUsdPerMillion: 0.3,
      cachedInputUsdPerMillion: 0.03,
      outputUsdPerMillion: 2.5,
      contextWindow: 1_000_000,
      quality: 0.77,
      typicalLatencyMs: 2_500,
    },
    {
      name: 'gemini-3.6-flash',
      inputUsdPerMillion: 1.5,
      cachedInputUsdPerMillion: 0.15,
      outputUsdPerMillion: 7.5,
      contextWindow: 1_000_000,
      quality: 0.88,
      typicalLatencyMs: 4_500,
    },
    {
      name: 'gemini-embedding-001',
      kind: 'embedding',
      inputUsdPerMillion: 0.15,
      outputUsdPerMillion: 0,
      contextWindow: 2_048,
      quality: 0.7,
      typicalLatencyMs: 700,
    },
  ],
};
