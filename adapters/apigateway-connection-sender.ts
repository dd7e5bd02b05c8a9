import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GoneException,
  LimitExceededException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { sendTimeoutMs } from '../core/events/event-lag.ts';
import type { ConnectionSender, SendOutcome } from '../core/web-socket/connection-sender.ts';
import { sdkAttempts } from './retry-policy.ts';

/** Sockets to API Gateway; more than the sends that are under way at once, those that hang included. */
const sockets = 512;

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
      const command = new PostToConnectionCommand({ ConnectionId, Data: Buffer.from(text) });
      return (await tryInTime((options) => client.send(command, options))) ?? 'sent';
    },

    async close(ConnectionId) {
      const command = new DeleteConnectionCommand({ ConnectionId });
      const fault = await tryInTime((options) => client.send(command, options));
      return fault === undefined || fault === 'gone';
    },
  };
}

/**
 * Undefined: it was done. The timer is not that of AbortSignal.timeout, which outlives the send: there are hundreds of
 * sends a second.
 */
async function tryInTime(
  send: (options: { abortSignal: AbortSignal }) => Promise<unknown>,
): Promise<Exclude<SendOutcome, 'sent'> | undefined> {
  const aborter = new AbortController();
  const timer = setTimeout(() => aborter.abort(), sendTimeoutMs);
  try {
    await send({ abortSignal: aborter.signal });
    return undefined;
  } catch (error) {
    return aborter.signal.aborted ? 'hung' : readFault(error);
  } finally {
    clearTimeout(timer);
  }
}

/** By status as well: not every server of this API names its errors. */
function readFault(error: unknown): 'gone' | 'throttled' | 'failed' {
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  if (error instanceof GoneException || status === 410) return 'gone';
  if (error instanceof LimitExceededException || status === 429) return 'throttled';
  return 'failed';
}
