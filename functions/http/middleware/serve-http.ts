import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Caller } from '../../../core/access/caller.ts';
import { answerProblems } from './answer-problems.ts';
import type { Authenticate } from './authenticate.ts';
import { logRequest, noteCaller } from './log-request.ts';
import { setHeaders } from './set-headers.ts';

/** What a function answers: JSON, or a text or bytes with a content type of their own. */
interface HttpAnswer {
  status: number;
  headers?: Record<string, string>;
  json?: unknown;
  text?: string;
  bytes?: Uint8Array;
}

export type ServeRequest = (event: APIGatewayProxyEventV2) => Promise<HttpAnswer>;
export type ServeTenant = (
  event: APIGatewayProxyEventV2,
  tenant: string,
  caller: Caller,
) => Promise<HttpAnswer>;

/** A Lambda handler (HTTP API payload 2.0) for a route that needs no token. */
export function servePublic(serve: ServeRequest) {
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(logRequest())
    .use(setHeaders())
    .use(answerProblems())
    .handler(async (event) => toResult(await serve(event)));
}

/** A Lambda handler for a route that needs a token, which is checked before anything else of the request. */
export function serveTenant(authenticate: Authenticate, serve: ServeTenant) {
  return servePublic(async (event) => {
    const caller = await authenticate(event);
    noteCaller(event, caller);
    return serve(event, caller.tenant, caller);
  });
}

function toResult({ status, headers, json, text, bytes }: HttpAnswer): APIGatewayProxyStructuredResultV2 {
  if (bytes !== undefined)
    return {
      statusCode: status,
      headers,
      body: Buffer.from(bytes).toString('base64'),
      isBase64Encoded: true,
    };
  if (json === undefined) return { statusCode: status, headers, body: text ?? '' };
  return {
    statusCode: status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(json),
  };
}
