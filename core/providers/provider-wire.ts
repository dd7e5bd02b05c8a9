import * as z from 'zod';
import type { TenantTotals } from '../statistics/statistics.ts';
import { type Priority, priorities, taskStatuses } from '../tasks/task.ts';
import { toWireTime } from '../wire-time.ts';
import type { Provider } from './provider.ts';
import type { ProviderState } from './provider-states.ts';

// Providers and statistics in their shape on the wire.

export const WireProvider = z
  .object({
    name: z.string(),
    models: z.array(
      z.object({
        name: z.string(),
        input_usd_per_million_tokens: z.number(),
        output_usd_per_million_tokens: z.number(),
        context_window: z.int(),
        quality: z.number().min(0).max(1),
      }),
    ),
    default_model: z.string(),
    enabled: z.boolean().meta({ description: 'False where it is not configured: it gets no task' }),
    concurrency_limit: z.int(),
  })
  .meta({ id: 'Provider' });
export type WireProvider = z.infer<typeof WireProvider>;

export const WireProviderStatus = z
  .object({
    name: z.string(),
    status: z.enum(['healthy', 'degraded', 'unhealthy', 'disabled']),
    circuit: z.enum(['closed', 'open', 'half_open']),
    active: z.int().meta({ description: 'Tasks that its worker runs now' }),
    concurrency_limit: z.int(),
    queued: z.record(z.enum(priorities), z.int()),
    requests: z.int(),
    errors: z.int(),
    error_rate: z.number().min(0).max(1).meta({ description: 'Over about the last two minutes' }),
    latency_ms: z
      .object({ p50: z.number().nullable(), p95: z.number().nullable() })
      .meta({ description: 'Of successful calls; null while none was measured' }),
    cost_usd: z.number(),
    last_error: z.string().nullable(),
    updated_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ProviderStatus' });
export type WireProviderStatus = z.infer<typeof WireProviderStatus>;

const Counts = z.record(z.string(), z.int());

export const WireStats = z
  .object({
    tasks: z.record(z.enum(taskStatuses), z.int()),
    by_type: Counts,
    by_provider: Counts,
    cache: z.object({ hits: z.int(), misses: z.int() }),
    tokens: z.object({ prompt: z.int(), completion: z.int() }),
    cost_usd: z.number(),
    since: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Stats' });
export type WireStats = z.infer<typeof WireStats>;

export function toWireStats(totals: TenantTotals): WireStats {
  const { tasks, byType, byProvider, cache, tokens, costUsd, since } = totals;
  return {
    tasks,
    by_type: byType,
    by_provider: byProvider,
    cache,
    tokens,
    cost_usd: costUsd,
    since: since === null ? null : toWireTime(since),
  };
}

interface ProviderLimit {
  concurrencyLimit: number;
}

export function toWireProvider(definition: Provider, enabled: ProviderLimit | undefined): WireProvider {
  return {
    name: definition.name,
    models: definition.models.map((model) => ({
      name: model.name,
      input_usd_per_million_tokens: model.inputUsdPerMillion,
      output_usd_per_million_tokens: model.outputUsdPerMillion,
      context_window: model.contextWindow,
      quality: model.quality,
    })),
    default_model: definition.defaultModel,
    enabled: enabled !== undefined,
    concurrency_limit: enabled?.concurrencyLimit ?? definition.concurrencyLimit,
  };
}

const noneQueued: Record<Priority, number> = { high: 0, normal: 0, low: 0 };

/** Above this share of failed calls a provider that still answers is called degraded. */
const degradedErrorRate = 0.1;

/** A provider's state; of one that is not enabled, what its definition says. */
export function toWireProviderStatus(
  definition: Provider,
  enabled: ProviderLimit | undefined,
  state: ProviderState | undefined,
  now: number,
): WireProviderStatus {
  return {
    name: definition.name,
    status: enabled ? healthOf(state, now) : 'disabled',
    circuit: state?.circuit ?? 'closed',
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
    state.circuit === 'half_open' || state.blockedUntil > now || state.errorRate > degradedErrorRate;
  return isStrained ? 'degraded' : 'healthy';
}
