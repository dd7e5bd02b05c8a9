import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { sendTimeoutMs } from '../core/events/event-lag.ts';
import type { ConnectionSender } from '../core/web-socket/connection-sender.ts';
import { sdkAttempts } from './retry-policy.ts';

/** Sockets to API Gateway; more than the sends that are under way at once. */
const sockets = 128;

/** `@connections` of the WebSocket API at `endpoint`. */
export function createApiGatewayConnections(endpoint: string): ConnectionSender {
  const client = new ApiGatewayManagementApiClient({
    endpoint,
    maxAttempts: sdkAttempts.webSocket,
    requestHandler: {
      connectionTimeout: 1_000,
      httpAgent: { maxSockets: sockets },
      httpsAgent: { maxSockets: sockets },
    },
  });
  return {
    async send(ConnectionId, text) {
      try {
        const command = new PostToConnectionCommand({ ConnectionId, Data: Buffer.from(text) });
        await inTime((options) => client.send(command, options));
        return 'sent';
      } catch (error) {
        return isGone(error) ? 'gone' : 'failed';
      }
    },

    async close(ConnectionId) {
      // Gone already, or out of reach: either way its rows are removed, and its client notices by its pings.
      const command = new DeleteConnectionCommand({ ConnectionId });
      await inTime((options) => client.send(command, options)).catch(() => undefined);
    },
  };
}

/** Not by AbortSignal.timeout, whose timer outlives the send: there are hundreds of sends a second. */
async function inTime<T>(send: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T> {
  const aborter = new AbortController();
  const timer = setTimeout(() => aborter.abort(), sendTimeoutMs);
  try {
    return await send({ abortSignal: aborter.signal });
  } finally {
    clearTimeout(timer);
  }
}

/** By status as well: not every server of this API names its errors. */
function isGone(error: unknown): boolean {
  if (error instanceof GoneException) return true;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return status === 410;
}
