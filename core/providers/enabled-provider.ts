import type { Provider } from './provider.ts';

/** A provider that gets tasks in this deployment, and its limit here. */
export interface EnabledProvider {
  definition: Provider;
  settings: { name: string; concurrencyLimit: number };
}
