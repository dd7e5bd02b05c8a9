import { keyVariable } from '../../config/provider-variables.ts';
import { parameterName } from '../../config/read-settings.ts';
import { findWrongSecrets } from '../../config/wrong-secrets.ts';
import type { Provider } from '../../core/providers/provider.ts';
import { readCatalogue } from '../deployed/read-catalogue.ts';

/** A secret of the service. */
export interface KnownSecret {
  /** As a command names it: a provider, `auth-token` or `webhook-secrets`. */
  name: string;
  /** The variable that has it locally. */
  variable: string;
  /** Its SSM parameter, without stage. */
  parameter: string;
  /** Whose key it is. */
  provider?: Provider;
}

/** Those of every provider that takes a key, and the service's own. */
export async function listSecrets(): Promise<KnownSecret[]> {
  const { providers } = await readCatalogue();
  const keys = providers
    .filter(({ key }) => key !== 'none')
    .map((provider) => {
      const { name } = provider;
      return { name, variable: keyVariable(name), parameter: `${name}/api-key`, provider };
    });
  return [
    { name: 'auth-token', variable: 'LLM_AUTH_TOKEN', parameter: 'auth-token' },
    { name: 'webhook-secrets', variable: 'LLM_WEBHOOK_SECRET', parameter: 'webhook-secrets' },
    ...keys,
  ];
}

/** Throws an Error that names those there are. */
export async function findSecret(name: string): Promise<KnownSecret> {
  const secrets = await listSecrets();
  const found = secrets.find((secret) => secret.name === name || secret.variable === name);
  if (found) return found;
  const names = secrets.map((secret) => secret.name).join(', ');
  // It may be a value that was pasted in the wrong place.
  throw new Error(`There is no secret of this name; known are ${names}`);
}

export const parameterOf = ({ parameter }: KnownSecret, stage: string) => parameterName(stage, parameter);

/** The value without white space around it. Throws an Error that names the secret, and never the value. */
export function readValue({ name, variable, provider }: KnownSecret, text: string): string {
  const value = text.trim();
  if (value === '') throw new Error(`${name} is empty: nothing was changed`);
  const faults = findWrongSecrets({ [variable]: value }, provider ? [provider.name] : []);
  if (faults.length > 0) throw new Error(`${faults.join('\n')}\nNothing was changed`);
  return value;
}
