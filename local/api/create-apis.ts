// The APIs and function URLs of the templates.
import type { LambdaHost } from '../lambda/lambda-host.ts';
import type { ResolvedTemplates } from '../template/resolve-template.ts';
import { FunctionUrl } from './function-url.ts';
import { type ApiSettings, HttpApi } from './http-api.ts';
import { readInvokePermissions } from './invoke-permissions.ts';
import { apisOf } from './local-addresses.ts';
import type { PublicApis } from './public-server.ts';
import { WebSocketApi } from './websocket-api.ts';

/** Throws an error that names what AWS could not invoke, or what is not served. */
export function createApis(
  templates: ResolvedTemplates,
  settings: ApiSettings,
  lambda: LambdaHost,
): PublicApis {
  const mayInvoke = readInvokePermissions(templates);
  const [http, ...otherHttp] = apisOf(templates, 'HTTP');
  const [webSocket, ...otherWebSocket] = apisOf(templates, 'WEBSOCKET');
  const [other] = [...otherHttp, ...otherWebSocket];
  if (other) {
    throw new Error(`The local host serves one HTTP API and one WebSocket API; ${other.id} is another`);
  }
  return {
    http: http && new HttpApi(http, templates, settings, lambda, mayInvoke),
    webSocket: webSocket && new WebSocketApi(webSocket, templates, settings, lambda, mayInvoke),
    functionUrls: templates
      .ofType('AWS::Lambda::Url')
      .map((resource) => new FunctionUrl(resource, settings, lambda)),
  };
}
