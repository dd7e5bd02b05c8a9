import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { findProvider } from '../../config/providers.ts';
import type { Provider } from '../../core/providers/provider.ts';
import { startProcess } from '../start-process.ts';

export interface Behaviour {
  /** By model. */
  latencyMs: Record<string, number>;
  /** 0.2: ±20 %. */
  jitter: number;
  /** Share of calls that end in a 500. */
  errorRate: number;
  /** Every call fails in this time, counted from the last `control`. */
  down?: { fromMs: number; untilMs: number };
  /** In each cycle of `everyMs` the last `forMs` answer 429 with Retry-After. */
  limits?: { everyMs: number; forMs: number };
}

export interface CallRecord {
  model: string;
  /** Epoch milliseconds. */
  startedAt: number;
  endedAt: number | null;
  status: number;
  /** Of a 429: when its Retry-After is over. */
  retryUntil: number | null;
}

export interface ProviderReport {
  startedAt: number;
  calls: CallRecord[];
}

export interface FleetMember {
  definition: Provider;
  behaviour: Behaviour;
  baseUrl: string;
  control(change?: Partial<Behaviour>): Promise<void>;
  report(): Promise<ProviderReport>;
}

export interface Fleet {
  members: FleetMember[];
  member(name: string): FleetMember;
  /** The service's environment: these four providers, at these addresses, without limits on their rate. */
  settings: Record<string, string>;
  stop(): void;
}

/** Milliseconds of the default model, and share of failures. Prices and qualities are the catalogue's own. */
const plan: Record<string, { latencyMs: number; errorRate: number }> = {
  qwen: { latencyMs: 2_800, errorRate: 0.02 },
  deepseek: { latencyMs: 3_500, errorRate: 0.05 },
  openai: { latencyMs: 1_200, errorRate: 0.01 },
  anthropic: { latencyMs: 1_300, errorRate: 0.01 },
};
const concurrency = 40;

/** Four providers of the catalogue, each with a server of its own, as slow and as unreliable as planned. */
export async function startFleet(): Promise<Fleet> {
  const children: ChildProcess[] = [];
  const members = await Promise.all(
    Object.entries(plan).map(async ([name, { latencyMs, errorRate }]) => {
      const definition = findProvider(name);
      if (!definition) throw new Error(`The catalogue has no ${name}`);
      const file = join(import.meta.dirname, 'priced-provider.ts');
      const { child, message } = await startProcess<{ port: number }>(file);
      children.push(child);
      return toMember(definition, message.port, {
        latencyMs: latencies(definition, latencyMs),
        jitter: 0.15,
        errorRate,
      });
    }),
  );
  const settings = members.flatMap(({ definition, baseUrl }) => {
    const variable = definition.name.toUpperCase();
    return [
      [`${variable}_BASE_URL`, baseUrl],
      [`${variable}_API_KEY`, 'any'],
      [`LLM_CONCURRENCY_${variable}`, String(concurrency)],
      [`LLM_RPM_${variable}`, '1000000'],
      [`LLM_TPM_${variable}`, '100000000'],
    ];
  });
  return {
    members,
    member: (name) => members.find(({ definition }) => definition.name === name) as FleetMember,
    settings: Object.fromEntries([['LLM_PROVIDERS', Object.keys(plan).join(',')], ...settings]),
    stop: () => {
      for (const child of children) child.disconnect();
    },
  };
}

/** Latencies of a provider's models, in the ratio of the catalogue's guesses. */
function latencies(definition: Provider, ofDefault: number): Record<string, number> {
  const guess = definition.models.find(({ name }) => name === definition.defaultModel)?.typicalLatencyMs ?? 1;
  return Object.fromEntries(
    definition.models.map(({ name, typicalLatencyMs }) => [
      name,
      Math.round((ofDefault * typicalLatencyMs) / guess),
    ]),
  );
}

function toMember(definition: Provider, port: number, behaviour: Behaviour): FleetMember {
  const url = `http://127.0.0.1:${port}`;
  return {
    definition,
    behaviour,
    baseUrl: `${url}/v1`,
    async control(change = {}) {
      await fetch(`${url}/control`, { method: 'POST', body: JSON.stringify({ ...behaviour, ...change }) });
    },
    report: async () => (await (await fetch(`${url}/report`)).json()) as ProviderReport,
  };
}
