import type { Provider } from '../core/providers/provider.ts';
import type { RoutingWeights } from '../core/routing/routing-request.ts';
import type { TenantLimits } from '../core/tenants/tenant-limits.ts';
import type { Settings } from './settings.ts';
import type { OwnTaskType } from './task-types.ts';

/** What synth read of the configuration and puts into each function's bundle: 4 KB of environment would not hold it. */
export interface Deployed {
  /** The catalogue: what this deployment knows, and not only what it uses. */
  providers: readonly Provider[];
  ownTypes: readonly OwnTaskType[];
  routingWeights: RoutingWeights;
  /** Limits by tenant. */
  tenants: Readonly<Record<string, TenantLimits>>;
}

declare const DEPLOYED: string;

/**
 * lib/bundle-functions.ts has esbuild write these values in place of the names. They are JSON texts: esbuild would give an
 * object a file of its own, which every other file of a bundle then imports.
 */
export function bundledConstants(deployed: Deployed, settings: Settings): Record<string, string> {
  const literal = (value: unknown) => JSON.stringify(JSON.stringify(value));
  return { DEPLOYED: literal(deployed), DEPLOYED_SETTINGS: literal(settings) };
}

let deployed: Deployed | undefined;

/**
 * In a function alone: nothing else is bundled. Its settings are in config/deployed-settings.ts. The text is read once: some
 * functions ask for each request.
 */
export function readDeployed(): Deployed {
  deployed ??= JSON.parse(DEPLOYED) as Deployed;
  return deployed;
}
