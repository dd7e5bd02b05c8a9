import type * as z from 'zod';
import type { Provider } from '../../core/providers/provider.ts';

/**
 * Answers made up by rules, without a model: the default where no key is set. SIMULATED_BASE_URL sets its
 * latency and faults (adapters/simulation-options.ts lists the parameters). Its prices are made up too.
 */
export const simulated: z.input<typeof Provider> = {
  name: 'simulated',
  title: 'Simulated',
  dialect: 'simulated',
  baseUrl: 'simulated://default?latency_ms=300&jitter=0.3',
  key: 'none',
  pricedAt: '2026-11-22',
  concurrencyLimit: 20,
  structuredOutput: 'json_schema',
  errors: 'openai',
  defaultModel: 'simulated',
  anyModel: true,
  models: [
    {
      name: 'simulated',
      inputUsdPerMillion: 0.1,
      outputUsdPerMillion: 0.4,
      // Larger than any task that the service accepts.
      contextWindow: 10_000_000,
      quality: 0.1,
      typicalLatencyMs: 300,
    },
    {
      name: 'simulated-embedding',
      kind: 'embedding',
      inputUsdPerMillion: 0.1,
      outputUsdPerMillion: 0,
      contextWindow: 10_000_000,
      quality: 0.1,
      typicalLatencyMs: 300,
    },
  ],
};
