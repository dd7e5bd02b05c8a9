import { authTokenFault } from '../core/access/auth-token.ts';
import { headerFault } from '../core/access/header-fault.ts';
import { signingKeys } from '../core/webhooks/signing-secrets.ts';
import { keyVariable } from './provider-variables.ts';
import { present, type Variables } from './settings-variables.ts';

/**
 * A sentence, without the value, for each secret that is not what its writer meant: what reads `--env-file` and the like keeps
 * quotes and line ends, and every call would fail by them.
 */
export function findWrongSecrets(source: Variables, providers: readonly string[]): string[] {
  const names = ['LLM_AUTH_TOKEN', 'LLM_WEBHOOK_SECRET', ...providers.map(keyVariable)];
  return names.flatMap((name) => {
    const value = present(source, name);
    const problem = value === undefined ? undefined : (whatIsQuoted(value) ?? whatIsWrong(name, value));
    return problem === undefined ? [] : [`${name} ${problem}`];
  });
}

function whatIsQuoted(secret: string): string | undefined {
  return /^(["'`]).*\1$|^[“”„‘’«]/s.test(secret)
    ? 'has quotes around it, which would be part of it: leave them out'
    : undefined;
}

function whatIsWrong(name: string, secret: string): string | undefined {
  if (name === 'LLM_WEBHOOK_SECRET')
    return isSigningSecret(secret)
      ? undefined
      : 'must be whsec_ and the base64 of 24 to 64 bytes, or two of these with a comma between them';
  return name === 'LLM_AUTH_TOKEN' ? authTokenFault(secret) : headerFault(secret);
}

function isSigningSecret(secret: string): boolean {
  try {
    signingKeys(secret, '');
    return true;
  } catch {
    return false;
  }
}
