import http from 'node:http';
import https from 'node:https';
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { sendTimeoutMs } from '../core/events/event-lag.ts';
import type { ConnectionSender, SendOutcome } from '../core/web-socket/connection-sender.ts';
import { clientSettings, lighten } from './aws-client.ts';
import { sdkAttempts } from './retry-policy.ts';

/** Sockets to API Gateway; more than the sends that are under way at once, those that hang included. */
const maxSockets = 512;

/**
 * `@connections` of the WebSocket API at `endpoint`. Frames are signed by the SDK client's signer and sent by Node: there are
 * hundreds a second, and what the client does around those two costs four times as much as they do.
 */
export function createApiGatewayConnections(endpoint: string): ConnectionSender {
  const client = lighten(
    new ApiGatewayManagementApiClient({
      ...clientSettings(sdkAttempts.webSocket),
      endpoint,
      requestHandler: {
        connectionTimeout: 1_000,
        requestTimeout: sendTimeoutMs,
        throwOnRequestTimeout: true,
        socketTimeout: sendTimeoutMs,
      },
    }),
  );
  const { protocol, hostname, port, pathname } = new URL(endpoint);
  const isSafe = protocol === 'https:';
  const agent = new (isSafe ? https : http).Agent({ keepAlive: true, maxSockets });
  const target = { protocol, hostname, method: 'POST', ...(port !== '' && { port: Number(port) }) };
  const host = port === '' ? hostname : `${hostname}:${port}`;

  return {
    async send(connectionId, text) {
      const body = Buffer.from(text);
      const path = `${pathname.replace(/\/$/, '')}/@connections/${encodeURIComponent(connectionId)}`;
      const headers = {
        host,
        'content-type': 'application/octet-stream',
        'content-length': String(body.byteLength),
      };
      try {
        const signer = await openSigner(client);
        const signed = await signer.sign({ ...target, path, query: {}, headers, body });
        // Read from the module at each call: the local host puts its own in its place.
        const { request } = isSafe ? https : http;
        return await post(body, (answer) =>
          request({ ...target, host: hostname, path, headers: signed.headers, agent }, answer),
        );
      } catch {
        return 'failed';
      }
    },

    async close(ConnectionId) {
      try {
        await client.send(new DeleteConnectionCommand({ ConnectionId }));
        return true;
      } catch (error) {
        return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 410;
      }
    },
  };
}

async function openSigner({ config }: ApiGatewayManagementApiClient) {
  const signingRegion = await config.region();
  return config.signer({ name: 'sigv4', signingName: 'execute-api', signingRegion, properties: {} });
}

/** Sends a body, and reads of the answer its status alone: not every server of this API names its errors. */
function post(
  body: Buffer,
  open: (answer: (response: http.IncomingMessage) => void) => http.ClientRequest,
): Promise<SendOutcome> {
  return new Promise((resolve) => {
    const request = open((response) => {
      response.resume();
      settle(outcomeOf(response.statusCode ?? 0));
    });
    // Without a connection the client cannot have it.
    const timer = setTimeout(() => {
      settle(request.socket?.connecting === false ? 'hung' : 'failed');
      request.destroy();
    }, sendTimeoutMs);
    const settle = (outcome: SendOutcome) => {
      clearTimeout(timer);
      resolve(outcome);
    };
    request.on('error', () => settle('failed'));
    request.end(body);
  });
}

function outcomeOf(status: number): SendOutcome {
  if (status >= 200 && status < 300) return 'sent';
  if (status === 410) return 'gone';
  return status === 429 ? 'throttled' : 'failed';
}
