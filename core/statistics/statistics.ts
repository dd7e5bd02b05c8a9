/** Amounts by attribute name, as core/statistics/count-statistics.ts names them. */
export type Amounts = Record<string, number>;

export interface ProviderAmounts {
  provider: string;
  amounts: Amounts;
  /** Calls that ended lately, for the window of recent calls (core/providers/provider-states.ts). */
  recent: Amounts;
  /** Code of the last error among them. */
  lastError?: string | undefined;
}

export interface TenantAmounts {
  tenant: string;
  amounts: Amounts;
  byType: Record<string, number>;
  byProvider: Record<string, number>;
}

/** One tenant's totals since its first task. */
export interface TenantTotals {
  tasks: Record<'queued' | 'processing' | 'completed' | 'failed' | 'cancelled', number>;
  byType: Record<string, number>;
  byProvider: Record<string, number>;
  cache: { hits: number; misses: number };
  tokens: { prompt: number; completion: number };
  costUsd: number;
  /** Epoch ms of the first count; null before it. */
  since: number | null;
}

export interface Statistics {
  /** One write per provider (and one for its recent calls) and one per tenant. */
  add(counts: { providers: ProviderAmounts[]; tenants: TenantAmounts[] }, now: number): Promise<void>;
  readTenant(tenant: string): Promise<TenantTotals>;
}
