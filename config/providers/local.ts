import type * as z from 'zod';
import type { Provider } from '../../core/providers/provider.ts';

/** Any OpenAI-compatible server, such as llama.cpp or Ollama; LOCAL_LLM_BASE_URL (or LOCAL_BASE_URL) says where. */
export const local: z.input<typeof Provider> = {
  name: 'local',
  title: 'Local OpenAI-compatible server',
  dialect: 'openai',
  key: 'optional',
  pricedAt: '2026-11-22',
  concurrencyLimit: 2,
  structuredOutput: 'json_schema',
  errors: 'openai',
  defaultModel: 'default',
  anyModel: true,
  // A small machine may answer slowly and still answer. Node's fetch gives up at 300 s without a first byte.
  callTimeoutMs: 290_000,
  models: [
    {
      name: 'default',
      inputUsdPerMillion: 0,
      outputUsdPerMillion: 0,
      // What the server was started with is not known here; it says so itself when a task is too long.
      contextWindow: 131_072,
      quality: 0.3,
      typicalLatencyMs: 10_000,
    },
  ],
};
