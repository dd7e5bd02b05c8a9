import type { Provider } from './provider.ts';

/** A provider that may get tasks, and this deployment's limit for it. */
export interface EnabledProvider {
  definition: Provider;
  settings: { name: string; concurrencyLimit: number };
}
