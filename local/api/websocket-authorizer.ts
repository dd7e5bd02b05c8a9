// REQUEST authorizers of $connect:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
import type { IncomingMessage } from 'node:http';
import type { LambdaHost } from '../lambda/lambda-host.ts';
import type { Value } from '../template/cloud-assembly.ts';
import type { ResolvedResource } from '../template/resolve-template.ts';
import { functionArnOf } from './invoke-permissions.ts';

export interface WebSocketRequest {
  readonly headers: Record<string, string>;
  readonly multiValueHeaders: Record<string, string[]>;
  /** Members of the event that are there only with a query. */
  readonly query: {
    readonly queryStringParameters?: Record<string, string>;
    readonly multiValueQueryStringParameters?: Record<string, string[]>;
  };
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly domainName: string;
}

export function readRequest(request: IncomingMessage): WebSocketRequest {
  const headers: Record<string, string> = {};
  const multiValueHeaders: Record<string, string[]> = {};
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(index, index + 2);
    headers[name] = value;
    multiValueHeaders[name] = [...(multiValueHeaders[name] ?? []), value];
  }
  const parameters = new URL(request.url ?? '/', 'http://local').searchParams;
  const query = [...parameters.keys()].length > 0 && {
    queryStringParameters: Object.fromEntries(parameters),
    multiValueQueryStringParameters: Object.fromEntries(
      [...parameters.keys()].map((name) => [name, parameters.getAll(name)]),
    ),
  };
  const sourceIp = request.socket.remoteAddress?.replace('::ffff:', '') ?? '127.0.0.1';
  return {
    headers,
    multiValueHeaders,
    query: query || {},
    sourceIp,
    userAgent: request.headers['user-agent'] ?? '',
    domainName: request.headers.host ?? '',
  };
}

/** 200 with the context for the events, or the status of the refusal. */
export async function authorizeConnect(
  authorizer: ResolvedResource,
  event: Value,
  methodArn: string,
  lambda: LambdaHost,
): Promise<{ status: number; context?: object }> {
  const sources: string[] = authorizer.properties.IdentitySource ?? [];
  if (!sources.every((source) => identity(source, event))) return { status: 401 };
  let answer: Value;
  try {
    const uri = functionArnOf(authorizer.properties.AuthorizerUri);
    const result = await lambda.invoke(uri, JSON.stringify(event));
    if (result.functionError) {
      return { status: JSON.parse(result.payload).errorMessage === 'Unauthorized' ? 401 : 500 };
    }
    answer = JSON.parse(result.payload);
  } catch {
    return { status: 500 };
  }
  const statements: Value[] = [answer?.policyDocument?.Statement ?? []].flat();
  const effects = statements
    .filter(({ Resource }) => [Resource].flat().some((resource) => covers(resource, methodArn)))
    .map(({ Effect }) => Effect);
  if (!answer?.principalId) return { status: 500 };
  if (!effects.includes('Allow') || effects.includes('Deny')) return { status: 403 };
  return { status: 200, context: { ...answer.context, principalId: answer.principalId } };
}

function covers(resource: string, arn: string): boolean {
  const parts = resource.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(arn);
}

function identity(source: string, event: Value): string | undefined {
  const [, place, name = ''] =
    source.match(/^(?:\$)?(?:route\.request|request|route)\.(header|querystring)\.(.+)$/) ?? [];
  if (place === 'querystring') return event.queryStringParameters?.[name];
  if (place === 'header') {
    const found = Object.entries<string>(event.headers).find(
      ([key]) => key.toLowerCase() === name.toLowerCase(),
    );
    return found?.[1];
  }
  throw new Error(`Identity source ${source} is not served locally`);
}
