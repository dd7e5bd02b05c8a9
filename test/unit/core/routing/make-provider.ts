import type * as z from 'zod';
import type { EnabledProvider } from '../../../../core/providers/enabled-provider.ts';
import { Provider } from '../../../../core/providers/provider.ts';
import type { ProviderState } from '../../../../core/providers/provider-states.ts';

type Row = z.input<typeof Provider>;

/** An enabled provider of one model, `<name>-model`. */
export function makeProvider(
  name: string,
  model: Partial<Row['models'][number]> = {},
  row: Partial<Row> = {},
): EnabledProvider {
  const modelName = `${name}-model`;
  return {
    definition: Provider.parse({
      name,
      title: name,
      dialect: 'openai',
      key: 'none',
      defaultModel: modelName,
      models: [
        {
          name: modelName,
          inputUsdPerMillion: 1,
          outputUsdPerMillion: 1,
          contextWindow: 10_000,
          quality: 0.5,
          typicalLatencyMs: 1_000,
          ...model,
        },
      ],
      pricedAt: '2026-11-22',
      concurrencyLimit: 10,
      structuredOutput: 'json_schema',
      errors: 'openai',
      ...row,
    }),
    settings: { name, concurrencyLimit: row.concurrencyLimit ?? 10 },
  };
}

export function makeState(name: string, state: Partial<ProviderState> = {}): ProviderState {
  return {
    name,
    queued: { high: 0, normal: 0, low: 0 },
    processing: 0,
    requests: 0,
    errors: 0,
    errorRate: 0,
    routingErrorRate: 0,
    latencyMs: null,
    histogram: new Map(),
    costUsd: 0,
    promptTokens: 0,
    completionTokens: 0,
    circuit: 'closed',
    blockedUntil: 0,
    countedAt: 0,
    hold: null,
    lastError: null,
    updatedAt: null,
    ...state,
  };
}
