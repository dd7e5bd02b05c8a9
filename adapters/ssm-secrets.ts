import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import type { Secrets } from '../core/access/secrets.ts';
import { ServiceError } from '../core/service-error.ts';
import { sdkAttempts } from './retry-policy.ts';

const keepMilliseconds = 300_000;
/** Of a parameter that is missing: it is put after the deployment, and then asked for at once, but not by every request. */
const keepAbsenceMilliseconds = 2_000;

/** Secrets from SSM parameters (SecureString), kept for five minutes, so a rotation needs no deployment. */
export function createSsmSecrets(options: { client?: SSMClient; now: () => number }): Secrets {
  const { client = new SSMClient({ maxAttempts: sdkAttempts.ssm }) } = options;
  const kept = new Map<string, { value: string | undefined; until: number }>();
  return {
    async read(name) {
      const known = kept.get(name);
      if (known && known.until > options.now()) return known.value;
      const value = await readParameter(client, name);
      const keptFor = value === undefined ? keepAbsenceMilliseconds : keepMilliseconds;
      kept.set(name, { value, until: options.now() + keptFor });
      return value;
    },
  };
}

async function readParameter(client: SSMClient, name: string): Promise<string | undefined> {
  try {
    const answer = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    // A line end comes along with what is put from a file.
    return answer.Parameter?.Value?.trim() || undefined;
  } catch (cause) {
    if (cause instanceof ParameterNotFound) return undefined;
    throw new ServiceError('internal', `The parameter ${name} cannot be read`, { retryable: true, cause });
  }
}
