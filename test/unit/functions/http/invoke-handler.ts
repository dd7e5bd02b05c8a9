import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';

export interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** A request as an HTTP API hands it to a function (payload format 2.0). */
export function makeEvent(
  method: string,
  path: string,
  changes: Partial<APIGatewayProxyEventV2> = {},
): APIGatewayProxyEventV2 {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers: {},
    requestContext: {
      accountId: '1',
      apiId: 'api',
      domainName: 'localhost',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: 'request-1',
      routeKey: '$default',
      stage: '$default',
      time: '',
      timeEpoch: 0,
    },
    isBase64Encoded: false,
    ...changes,
  };
}

type Handler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

export async function invoke(
  handler: Handler,
  method: string,
  path: string,
  changes?: Partial<APIGatewayProxyEventV2>,
): Promise<Answer> {
  const answer = await handler(makeEvent(method, path, changes), {} as Context);
  return {
    statusCode: answer.statusCode ?? 0,
    headers: (answer.headers ?? {}) as Record<string, string>,
    body: answer.body ?? '',
  };
}
