import { ServiceError } from '../service-error.ts';
import type { EnabledProvider } from './enabled-provider.ts';
import type { Provider } from './provider.ts';
import type { ProviderStates } from './provider-states.ts';
import { toWireProviderStatus, type WireProviderStatus } from './provider-wire.ts';

export interface ProviderStatusOptions {
  catalogue: readonly Provider[];
  /** Of this deployment, by name. */
  enabled: ReadonlyMap<string, EnabledProvider['settings']>;
  states: Pick<ProviderStates, 'read'>;
  now: number;
}

/** The status of every provider of the catalogue; those that are not configured are `disabled`. */
export async function listProviderStatuses(options: ProviderStatusOptions): Promise<WireProviderStatus[]> {
  const { catalogue, enabled, now } = options;
  const states = await options.states.read();
  return catalogue.map((definition) =>
    toWireProviderStatus(definition, enabled.get(definition.name), states.get(definition.name), now),
  );
}

/** One provider's status. Throws `not_found`. */
export async function getProviderStatus(
  name: string,
  options: ProviderStatusOptions,
): Promise<WireProviderStatus> {
  const catalogue = options.catalogue.filter((definition) => definition.name === name);
  const [status] = catalogue.length > 0 ? await listProviderStatuses({ ...options, catalogue }) : [];
  if (!status) throw new ServiceError('not_found', `There is no provider ${name}`);
  return status;
}
