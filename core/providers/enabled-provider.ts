import type { Provider } from './provider.ts';

/** A provider that gets tasks in this deployment, and its limit here. */
export interface EnabledProvider {
  definition: Provider;
  settings: {
    name: string;
    concurrencyLimit: number;
    /** Of a server that may run any: the only ones to use, the first where a task names none. */
    models?: readonly string[] | undefined;
  };
}
