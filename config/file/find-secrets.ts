import { keyVariable } from '../provider-variables.ts';
import { nameOf } from './faults.ts';
import type { Path } from './read-yaml.ts';

const secretKey =
  /(^|[_-])(api[_-]?keys?|keys?|tokens?|bearer|secrets?|passwords?|passwd|credentials?|authorization)$/i;
/** As providers and this service write theirs. */
const secretText =
  /\b(?:sk-[\w-]{16,}|whsec_[\w+/=-]+|AKIA[0-9A-Z]{12,}|AIza[\w-]{30,}|gh[pousr]_\w{20,}|llm_[a-z0-9-]{1,32}_[0-9a-f]{12}_[0-9a-f]{56}|Bearer\s+\S+)/;
const onlySecret = new RegExp(`^${secretText.source}$`);
const everySecret = new RegExp(secretText.source, 'g');

export const isSecretKey = (key: string) => secretKey.test(key);
export const looksSecret = (text: string) => onlySecret.test(text.trim());
/** What may be shown of a text that someone wrote. */
export const withoutSecrets = (text: string) => text.replaceAll(everySecret, '…');

/** What is said of a secret in the file, never with its value. `path` leads to it. */
export function refuseSecret(path: Path): string {
  return `${nameOf(path)} is a secret, and none is taken from this file: ${adviseSecret(path)}`;
}

/** Where the secret goes that stands at this path. */
export function adviseSecret(path: Path): string {
  const { variable, parameter } = placeOfSecret(path);
  return `set the variable ${variable} (in the environment or .env), on AWS the SSM parameter /llm-service/<stage>/${parameter}`;
}

function placeOfSecret(path: Path): { variable: string; parameter: string } {
  const [section, name] = path.map(String);
  if (section === 'providers' && name !== undefined)
    return { variable: keyVariable(name), parameter: `${name}/api-key` };
  const key = String(path.at(-1));
  const [, prefix] = /^([A-Z][A-Z0-9_]*)_API_KEY$/.exec(key) ?? [];
  if (prefix !== undefined)
    return { variable: key, parameter: `${prefix.toLowerCase().replaceAll('_', '-')}/api-key` };
  if (section === 'webhooks' || /webhook|sign|secret/i.test(key))
    return { variable: 'LLM_WEBHOOK_SECRET', parameter: 'webhook-secrets' };
  if (/api[_-]?key/i.test(key)) return { variable: '<PROVIDER>_API_KEY', parameter: '<provider>/api-key' };
  return { variable: 'LLM_AUTH_TOKEN', parameter: 'auth-token' };
}
