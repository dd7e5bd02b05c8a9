import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Sha256 } from './sha256.ts';

type Signing = DynamoDBClient['config']['signer'];

/** What the clients of all services have in common. */
interface Client {
  readonly config: { signer: Signing };
  readonly middlewareStack: { remove(name: string): boolean };
}

/**
 * Settings of the clients that are called for each task. What leads to a request is the same for each of a kind, and is put
 * together once.
 *
 * @param maxAttempts see retry-policy.ts
 */
export const clientSettings = (maxAttempts: number) => ({
  maxAttempts,
  cacheMiddleware: true,
  sha256: Sha256,
});

/**
 * Leaves out what a client does for each request in vain, a sixth of its time: it makes a signer, which is the same for all
 * requests of one service in one region, and lists input and output for a logger that nobody set.
 */
export function lighten<C extends Client>(client: C): C {
  const { config } = client;
  const makeSigner = config.signer;
  let signer: ReturnType<Signing> | undefined;
  config.signer = (scheme) => {
    signer ??= makeSigner(scheme).catch((error: unknown) => {
      signer = undefined;
      throw error;
    });
    return signer;
  };
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}
