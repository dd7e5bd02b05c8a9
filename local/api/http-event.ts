// Payload format 2.0, of HTTP APIs and function URLs:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Value } from '../template/cloud-assembly.ts';

export interface HttpEventSettings {
  readonly apiId: string;
  readonly account: string;
  readonly routeKey: string;
  readonly requestId: string;
  readonly parameters?: Record<string, string> | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | Buffer;
}

const textTypes = /^(text\/|application\/(json|xml|javascript|[\w.-]+\+(json|xml))\b)/i;

export function httpEvent(
  request: IncomingMessage,
  body: Buffer | undefined,
  settings: HttpEventSettings,
): Value {
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const { cookie, ...rest } = request.headers;
  const headers = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)]));
  const now = new Date();
  const contentType = headers['content-type'];
  const isText = contentType === undefined || textTypes.test(contentType);
  const domainName = headers.host ?? '';
  return {
    version: '2.0',
    routeKey: settings.routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookie && { cookies: cookie.split('; ') }),
    headers,
    ...(query && { queryStringParameters: queryParameters(query) }),
    requestContext: {
      accountId: settings.account,
      apiId: settings.apiId,
      domainName,
      domainPrefix: domainName.split('.')[0],
      http: {
        method: request.method,
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress?.replace('::ffff:', '') ?? '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: settings.requestId,
      routeKey: settings.routeKey,
      stage: '$default',
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(settings.parameters && { pathParameters: settings.parameters }),
    ...(body && body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body !== undefined && body.length > 0 && !isText,
  };
}

/** What a function's result means; undefined where API Gateway could not read it. */
export function httpAnswer(payload: string): HttpAnswer | undefined {
  const result = JSON.parse(payload);
  if (result === null || typeof result !== 'object' || result.statusCode === undefined) {
    const body = typeof result === 'string' ? result : payload;
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }
  const status = Number(result.statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  const entries = Object.entries<Value>(result.headers ?? {}).map(([name, value]) => [
    name.toLowerCase(),
    String(value),
  ]);
  const headers: OutgoingHttpHeaders = Object.fromEntries(entries);
  if (Array.isArray(result.cookies)) headers['set-cookie'] = result.cookies;
  const body = result.body ?? '';
  headers['content-type'] ??= 'text/plain;charset=UTF-8';
  return { status, headers, body: result.isBase64Encoded ? Buffer.from(body, 'base64') : String(body) };
}

function queryParameters(query: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    parameters[name] = name in parameters ? `${parameters[name]},${value}` : value;
  }
  return parameters;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function commonLogTime(time: Date): string {
  const day = String(time.getUTCDate()).padStart(2, '0');
  return `${day}/${months[time.getUTCMonth()]}/${time.getUTCFullYear()}:${time.toISOString().slice(11, 19)} +0000`;
}
