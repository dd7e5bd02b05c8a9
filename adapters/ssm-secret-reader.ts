import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import type { Secrets } from '../core/access/secrets.ts';
import { ServiceError } from '../core/service-error.ts';
import { sdkAttempts } from './retry-policy.ts';

/** Secrets from SSM parameters (SecureString), each read whenever it is asked for. */
export function createSsmSecretReader(client = new SSMClient({ maxAttempts: sdkAttempts.ssm })): Secrets {
  return {
    async read(name) {
      try {
        const { Parameter } = await client.send(
          new GetParameterCommand({ Name: name, WithDecryption: true }),
        );
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
        throw new ServiceError('internal', `The parameter ${name} cannot be read`, {
          retryable: true,
          cause,
        });
      }
    },
  };
}
