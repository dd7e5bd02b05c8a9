// Routes of an HTTP API, the most specific first:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
import type { ResolvedResource, ResolvedTemplates } from '../template/resolve-template.ts';
import { functionArnOf, type InvokePermissions } from './invoke-permissions.ts';

export interface HttpRoute {
  readonly key: string;
  readonly method: string;
  readonly segments: readonly string[];
  readonly functionArn: string;
  readonly timeoutMs: number;
}

export interface RouteMatch {
  readonly route: HttpRoute;
  readonly parameters: Record<string, string> | undefined;
}

const maximumTimeoutMs = 30_000;

/** Throws an error that names a route which its API could not invoke on AWS, or which is not served. */
export function readHttpRoutes(
  api: ResolvedResource,
  templates: ResolvedTemplates,
  apiArn: string,
  mayInvoke: InvokePermissions,
): HttpRoute[] {
  const integrations = new Map(
    templates.ofType('AWS::ApiGatewayV2::Integration').map((resource) => [resource.ref, resource]),
  );
  const routes = templates
    .ofType('AWS::ApiGatewayV2::Route')
    .filter(({ properties }) => properties.ApiId === api.ref);
  return routes.map(({ id, properties }) => {
    const integration = integrations.get(String(properties.Target).replace('integrations/', ''));
    if (integration?.properties.IntegrationType !== 'AWS_PROXY') {
      throw new Error(`Route ${id} has no Lambda proxy integration, the only kind that is served locally`);
    }
    const key: string = properties.RouteKey;
    // The service uses none: docs/decisions/2026-11-token-check.md.
    if ((properties.AuthorizationType ?? 'NONE') !== 'NONE') {
      throw new Error(`Route ${key} has an authorizer, which is served locally for $connect alone`);
    }
    const [method = '', path = ''] = key.split(' ');
    const functionArn = functionArnOf(integration.properties.IntegrationUri);
    const source = path === '' ? `${apiArn}/$default/$default` : `${apiArn}/$default/${method}${path}`;
    if (!mayInvoke(functionArn, 'apigateway.amazonaws.com', source)) {
      throw new Error(
        `Route ${key} may not invoke ${functionArn}: no AWS::Lambda::Permission allows ${source}`,
      );
    }
    return {
      key,
      method,
      segments: path.split('/').slice(1),
      functionArn,
      timeoutMs: Math.min(integration.properties.TimeoutInMillis ?? maximumTimeoutMs, maximumTimeoutMs),
    };
  });
}

/** The route of a request: exact segments before parameters before {proxy+}, a method before ANY, $default last. */
export function matchRoute(
  routes: readonly HttpRoute[],
  method: string,
  path: string,
): RouteMatch | undefined {
  const segments = path.split('/').slice(1);
  let best: (RouteMatch & { rank: string }) | undefined;
  for (const route of routes) {
    if (route.key === '$default' || (route.method !== method && route.method !== 'ANY')) continue;
    const match = matchSegments(route.segments, segments);
    if (!match) continue;
    const rank = match.rank + (route.method === 'ANY' ? '1' : '0');
    if (!best || rank < best.rank) best = { route, parameters: match.parameters, rank };
  }
  if (best) return best;
  const route = routes.find(({ key }) => key === '$default');
  return route && { route, parameters: undefined };
}

function matchSegments(pattern: readonly string[], segments: readonly string[]) {
  const parameters: Record<string, string> = {};
  let rank = '';
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index];
    if (part.endsWith('+}')) {
      if (segment === undefined) return undefined;
      parameters[part.slice(1, -2)] = decode(segments.slice(index).join('/'));
      return { parameters, rank: `${rank}2` };
    }
    if (segment === undefined) return undefined;
    if (part.startsWith('{')) {
      if (segment === '') return undefined;
      parameters[part.slice(1, -1)] = decode(segment);
      rank += '1';
    } else if (part === segment) rank += '0';
    else return undefined;
  }
  if (segments.length !== pattern.length) return undefined;
  return { parameters: Object.keys(parameters).length > 0 ? parameters : undefined, rank };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
