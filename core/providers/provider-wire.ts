import * as z from 'zod';
import { holdReasons } from '../circuit-breaker/circuit.ts';
import { listMeanings } from '../http-contract/list-meanings.ts';
import { type Priority, priorities } from '../tasks/task.ts';
import { toWireTime, WireTime } from '../wire-time.ts';
import type { EnabledProvider } from './enabled-provider.ts';
import { type FoundModel, modelsOf } from './found-models.ts';
import type { Provider } from './provider.ts';
import type { ProviderState } from './provider-states.ts';

// Providers in their shape on the wire.

export const WireProvider = z
  .object({
    name: z.string(),
    models: z.array(
      z.object({
        name: z.string(),
        input_usd_per_million_tokens: z.number(),
        output_usd_per_million_tokens: z.number(),
        context_window: z.int().meta({ description: 'Tokens of prompt and answer together' }),
        quality: z
          .number()
          .min(0)
          .max(1)
          .meta({ description: '0 (worst) to 1 (best), for the strategies `quality` and `balanced`' }),
      }),
    ),
    default_model: z
      .string()
      .meta({ description: 'The model that is asked where neither the task nor routing names one' }),
    enabled: z.boolean().meta({ description: 'False where it is not configured: it gets no task' }),
    concurrency_limit: z.int().meta({ description: 'Simultaneous calls, never passed' }),
  })
  .meta({ id: 'Provider' });
export type WireProvider = z.infer<typeof WireProvider>;

export const WireProviderStatus = z
  .object({
    name: z.string(),
    status: z.enum(['healthy', 'degraded', 'unhealthy', 'disabled']).meta({
      description: listMeanings({
        healthy: 'it takes tasks',
        degraded: 'it takes tasks, but is held back or fails often',
        unhealthy: 'its circuit is open: it takes none for now',
        disabled: 'it is not configured',
      }),
    }),
    circuit: z.enum(['closed', 'open', 'half_open']).meta({
      description:
        'State of its circuit breaker. `open`: it is not called; `half_open`: single calls try whether ' +
        'it is well again',
    }),
    blocked_until: WireTime.nullable().meta({
      description:
        'Until when it is held back; null: it is not. However far away that is, single calls ask it again ' +
        'after two minutes at the latest, and the first that succeeds ends the pause',
    }),
    blocked_reason: z
      .enum(holdReasons)
      .nullable()
      .meta({
        description: listMeanings({
          circuit_open: 'its circuit is open',
          asked_to_wait: 'the provider itself asked for a pause, as by `Retry-After`',
        }),
      }),
    active: z.int().meta({ description: 'Tasks that its worker runs now' }),
    concurrency_limit: z.int(),
    queued: z.record(z.enum(priorities), z.int()).meta({ description: 'Tasks that wait, by priority' }),
    requests: z.int().meta({ description: 'Calls that ended, since the deployment began to count' }),
    errors: z.int().meta({ description: 'Of these, calls that failed' }),
    error_rate: z.number().min(0).max(1).meta({ description: 'Over about the last two minutes' }),
    latency_ms: z
      .object({ p50: z.number().nullable(), p95: z.number().nullable() })
      .meta({ description: 'Of successful calls; null while none was measured' }),
    cost_usd: z.number().meta({ description: 'Of all its calls, at the prices of the catalogue' }),
    last_error: z
      .string()
      .nullable()
      .meta({ description: 'Code of the last failed call, as of a task; null: none failed' }),
    updated_at: WireTime.nullable().meta({ description: 'When its numbers last changed; null: never' }),
  })
  .meta({ id: 'ProviderStatus' });
export type WireProviderStatus = z.infer<typeof WireProviderStatus>;

interface ProviderLimit {
  concurrencyLimit: number;
}

/** @param found what its server said it has */
export function toWireProvider(
  definition: Provider,
  enabled: EnabledProvider['settings'] | undefined,
  found?: readonly FoundModel[],
): WireProvider {
  const models = enabled ? modelsOf({ definition, settings: enabled }, found) : definition.models;
  const isDefault = models.some(({ name }) => name === definition.defaultModel);
  return {
    name: definition.name,
    models: models.map((model) => ({
      name: model.name,
      input_usd_per_million_tokens: model.inputUsdPerMillion,
      output_usd_per_million_tokens: model.outputUsdPerMillion,
      context_window: model.contextWindow,
      quality: model.quality,
    })),
    default_model: isDefault ? definition.defaultModel : (models[0]?.name ?? definition.defaultModel),
    enabled: enabled !== undefined,
    concurrency_limit: enabled?.concurrencyLimit ?? definition.concurrencyLimit,
  };
}

const noneQueued: Record<Priority, number> = { high: 0, normal: 0, low: 0 };

/** Above this share of failed calls a provider is `degraded`. */
const degradedErrorRate = 0.1;

/** A provider's state; of one that is not enabled, what its definition says. */
export function toWireProviderStatus(
  definition: Provider,
  enabled: ProviderLimit | undefined,
  state: ProviderState | undefined,
  now: number,
): WireProviderStatus {
  // The state may be a moment old.
  const hold = state?.hold && state.hold.until > now ? state.hold : null;
  return {
    name: definition.name,
    status: enabled ? healthOf(state, now) : 'disabled',
    circuit: state?.circuit ?? 'closed',
    blocked_until: hold ? toWireTime(hold.until) : null,
    blocked_reason: hold?.reason ?? null,
    active: state?.processing ?? 0,
    concurrency_limit: enabled?.concurrencyLimit ?? definition.concurrencyLimit,
    queued: state?.queued ?? noneQueued,
    requests: state?.requests ?? 0,
    errors: state?.errors ?? 0,
    error_rate: state?.errorRate ?? 0,
    latency_ms: state?.latencyMs ?? { p50: null, p95: null },
    cost_usd: state?.costUsd ?? 0,
    last_error: state?.lastError ?? null,
    updated_at: state?.updatedAt ? toWireTime(state.updatedAt) : null,
  };
}

function healthOf(state: ProviderState | undefined, now: number): WireProviderStatus['status'] {
  if (!state) return 'healthy';
  if (state.circuit === 'open') return 'unhealthy';
  const isStrained =
    state.circuit === 'half_open' || (state.hold?.until ?? 0) > now || state.errorRate > degradedErrorRate;
  return isStrained ? 'degraded' : 'healthy';
}
