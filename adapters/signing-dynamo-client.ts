import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** A request that anybody may send within five minutes: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
export interface SignedRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string;
}

/** What the SDK hands to its transport. */
interface OutgoingRequest {
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  method: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

/** A client that gives what it would send, signed, to `keep`, and takes it for done. */
export function createSigningDynamoClient(keep: (request: SignedRequest) => void): DynamoDBClient {
  const client = new DynamoDBClient({});
  client.middlewareStack.addRelativeTo(
    () => async (args: { request?: unknown }) => {
      const { protocol, hostname, port, path, method, headers, body = '' } = args.request as OutgoingRequest;
      const origin = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
      keep({
        url: `${origin}${path}`,
        method,
        headers,
        body: typeof body === 'string' ? body : new TextDecoder().decode(body),
      });
      return { response: {}, output: { $metadata: {} } };
    },
    { name: 'keepInsteadOfSending', relation: 'after', toMiddleware: 'httpSigningMiddleware' },
  );
  return client;
}
