import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import type { Secret, Secrets } from '../core/access/secrets.ts';
import { ServiceError } from '../core/service-error.ts';
import { sdkAttempts } from './retry-policy.ts';

const keepMilliseconds = 300_000;
/** Of a parameter that is missing: it is put after the deployment, and then asked for at once, but not by every request. */
const keepAbsenceMilliseconds = 2_000;

export interface SsmSecretsOptions {
  client?: SSMClient;
  now: () => number;
  /** How long one that was read is kept: a rotation needs no deployment. Default: five minutes. */
  keepMs?: number;
}

/** Secrets from SSM parameters (SecureString). */
export function createSsmSecrets(options: SsmSecretsOptions): Secrets {
  const {
    client = new SSMClient({ maxAttempts: sdkAttempts.ssm }),
    now,
    keepMs = keepMilliseconds,
  } = options;
  const kept = new Map<string, { secret: Secret | undefined; until: number }>();
  return {
    async read(name) {
      const known = kept.get(name);
      if (known && known.until > now()) return known.secret;
      const secret = await readParameter(client, name);
      kept.set(name, { secret, until: now() + (secret ? keepMs : keepAbsenceMilliseconds) });
      return secret;
    },
  };
}

async function readParameter(client: SSMClient, name: string): Promise<Secret | undefined> {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    // A line end comes along with what is put from a file.
    const value = Parameter?.Value?.trim();
    if (!value) return undefined;
    return {
      value,
      version: Parameter?.Version ?? 0,
      changedAt: Parameter?.LastModifiedDate?.getTime() ?? 0,
    };
  } catch (cause) {
    if (cause instanceof ParameterNotFound) return undefined;
    throw new ServiceError('internal', `The parameter ${name} cannot be read`, { retryable: true, cause });
  }
}
