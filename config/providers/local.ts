import type * as z from 'zod';
import type { Provider } from '../../core/providers/provider.ts';

/** The OpenAI-compatible server at LOCAL_LLM_BASE_URL (or LOCAL_BASE_URL), such as llama.cpp or Ollama. */
export const local: z.input<typeof Provider> = {
  name: 'local',
  title: 'Local OpenAI-compatible server',
  dialect: 'openai',
  key: 'optional',
  pricedAt: '2026-11-22',
  concurrencyLimit: 2,
  structuredOutput: 'json_schema',
  promptsSchema: true,
  boundsTexts: true,
  errors: 'openai',
  defaultModel: 'default',
  anyModel: true,
  findsModels: true,
  // A small machine may answer slowly and still answer. Node's fetch gives up at 300 s without a first byte.
  callTimeoutMs: 290_000,
  models: [
    {
      name: 'default',
      inputUsdPerMillion: 0,
      outputUsdPerMillion: 0,
      // A guess, until the server was asked (adapters/find-models.ts).
      contextWindow: 131_072,
      quality: 0.3,
      typicalLatencyMs: 10_000,
    },
  ],
};
