import type { SSMClient } from '@aws-sdk/client-ssm';
import type { Secret, Secrets } from '../core/access/secrets.ts';
import { once } from './once.ts';

const keepMilliseconds = 300_000;
/** Of a parameter that is missing: it is put after the deployment, and then asked for at once, but not by every request. */
const keepAbsenceMilliseconds = 2_000;

export interface SsmSecretsOptions {
  client?: SSMClient;
  now: () => number;
  /** How long one that was read is kept: a rotation needs no deployment. Default: five minutes. */
  keepMs?: number;
}

/** Secrets from SSM parameters (SecureString). SSM's client is loaded by the first that is read. */
export function createSsmSecrets({ client, now, keepMs = keepMilliseconds }: SsmSecretsOptions): Secrets {
  const open = once(async () => (await import('./ssm-secret-reader.ts')).createSsmSecretReader(client));
  const kept = new Map<string, { secret: Secret | undefined; until: number }>();
  return {
    async read(name) {
      const known = kept.get(name);
      if (known && known.until > now()) return known.secret;
      const secret = await (await open()).read(name);
      kept.set(name, { secret, until: now() + (secret ? keepMs : keepAbsenceMilliseconds) });
      return secret;
    },
  };
}
