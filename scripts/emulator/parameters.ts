import { GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { clientOptions } from './emulator-client.ts';
import type { Emulator } from './read-emulator.ts';

/** The emulator's SSM parameters; CloudFormation cannot make a SecureString. */
export interface Parameters {
  read(name: string): Promise<string | undefined>;
  write(name: string, value: string): Promise<void>;
}

export function createParameters(emulator: Emulator): Parameters {
  const client = new SSMClient(clientOptions(emulator));
  return {
    async read(name) {
      try {
        const answer = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
        return answer.Parameter?.Value;
      } catch (error) {
        if (error instanceof ParameterNotFound) return undefined;
        throw error;
      }
    },
    async write(name, value) {
      await client.send(
        new PutParameterCommand({ Name: name, Value: value, Type: 'SecureString', Overwrite: true }),
      );
    },
  };
}
