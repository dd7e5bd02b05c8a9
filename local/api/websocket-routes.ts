// Routes of a WebSocket API: https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
// Its three predefined routes are served. Messages are not told apart by their content: all take $default.
import type { ResolvedResource, ResolvedTemplates } from '../template/resolve-template.ts';
import { functionArnOf, type InvokePermissions } from './invoke-permissions.ts';

const predefined = ['$connect', '$disconnect', '$default'] as const;
export type WebSocketRouteKey = (typeof predefined)[number];

export interface WebSocketRoutes {
  readonly stage: string;
  readonly functionArns: Readonly<Record<WebSocketRouteKey, string>>;
  /** The function that authorizes $connect, if one does. */
  readonly authorizerArn: string | undefined;
}

/** Throws an error that names a route or an authorizer which AWS could not invoke, or which is not served. */
export function readWebSocketRoutes(
  api: ResolvedResource,
  templates: ResolvedTemplates,
  apiArn: string,
  mayInvoke: InvokePermissions,
): WebSocketRoutes {
  const ofApi = (type: string) =>
    templates.ofType(type).filter(({ properties }) => properties.ApiId === api.ref);
  const checkInvoke = (id: string, functionArn: string, source: string) => {
    if (mayInvoke(functionArn, 'apigateway.amazonaws.com', source)) return;
    throw new Error(`${id} may not invoke ${functionArn}: no AWS::Lambda::Permission allows ${source}`);
  };
  const routes = ofApi('AWS::ApiGatewayV2::Route');
  const served: readonly string[] = predefined;
  const unknown = routes.find(({ properties }) => !served.includes(properties.RouteKey));
  if (unknown) {
    throw new Error(
      `Route ${unknown.properties.RouteKey} of WebSocket API ${api.id} is not served locally: ${predefined.join(', ')} are`,
    );
  }
  const stage: string = ofApi('AWS::ApiGatewayV2::Stage')[0]?.properties.StageName ?? 'prod';
  const integrations = new Map(ofApi('AWS::ApiGatewayV2::Integration').map((one) => [one.ref, one]));
  const functionOf = (key: WebSocketRouteKey) => {
    const route = routes.find(({ properties }) => properties.RouteKey === key);
    if (!route) throw new Error(`WebSocket API ${api.id} has no route ${key}`);
    const integration = integrations.get(String(route.properties.Target).replace('integrations/', ''));
    const functionArn = functionArnOf(String(integration?.properties.IntegrationUri));
    checkInvoke(`Route ${route.id}`, functionArn, `${apiArn}/${stage}/${key}`);
    return functionArn;
  };
  const functionArns = {
    $connect: functionOf('$connect'),
    $disconnect: functionOf('$disconnect'),
    $default: functionOf('$default'),
  };
  const authorizer = authorizerOf(routes, ofApi('AWS::ApiGatewayV2::Authorizer'));
  if (!authorizer) return { stage, functionArns, authorizerArn: undefined };
  const authorizerArn = functionArnOf(authorizer.properties.AuthorizerUri);
  checkInvoke(`Authorizer ${authorizer.id}`, authorizerArn, `${apiArn}/authorizers/${authorizer.ref}`);
  return { stage, functionArns, authorizerArn };
}

function authorizerOf(
  routes: readonly ResolvedResource[],
  authorizers: readonly ResolvedResource[],
): ResolvedResource | undefined {
  const connect = routes.find(({ properties }) => properties.RouteKey === '$connect');
  const { AuthorizationType = 'NONE', AuthorizerId } = connect?.properties ?? {};
  if (AuthorizationType === 'NONE') return undefined;
  const authorizer = authorizers.find(({ ref }) => ref === AuthorizerId);
  if (AuthorizationType !== 'CUSTOM' || !authorizer) {
    throw new Error(`Authorization ${AuthorizationType} of $connect is not served locally: CUSTOM is`);
  }
  if (authorizer.properties.IdentitySource?.length > 0) {
    throw new Error(`Authorizer ${authorizer.id} has an IdentitySource, which is not served locally`);
  }
  return authorizer;
}
