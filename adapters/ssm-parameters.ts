import {
  GetParameterCommand,
  GetParametersCommand,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
  type SSMClientConfig,
} from '@aws-sdk/client-ssm';

/** SSM parameters, for whoever sets them: CloudFormation cannot make a SecureString. */
export interface SsmParameters {
  read(name: string): Promise<string | undefined>;
  write(name: string, value: string): Promise<void>;
  /** When each was last written (epoch ms), without its value; those that are not there are absent. */
  changes(names: readonly string[]): Promise<Map<string, number>>;
}

/** GetParameters takes so many names. */
const namesPerRequest = 10;

export function createSsmParameters(config: SSMClientConfig = {}): SsmParameters {
  const client = new SSMClient(config);
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

    async write(Name, Value) {
      await client.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true }));
    },

    async changes(names) {
      const found = new Map<string, number>();
      for (let at = 0; at < names.length; at += namesPerRequest) {
        const Names = names.slice(at, at + namesPerRequest);
        const { Parameters = [] } = await client.send(new GetParametersCommand({ Names }));
        for (const { Name, LastModifiedDate } of Parameters)
          if (Name !== undefined) found.set(Name, LastModifiedDate?.getTime() ?? 0);
      }
      return found;
    },
  };
}
