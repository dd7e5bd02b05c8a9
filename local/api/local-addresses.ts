// Which local address stands for an address of AWS in a variable or an output.
import type { ResolvedTemplates } from '../template/resolve-template.ts';
import { connectionsPath } from './connections.ts';
import { localBasePath } from './function-url.ts';

/** APIs of one protocol: HTTP or WEBSOCKET. */
export const apisOf = (templates: ResolvedTemplates, protocol: string) =>
  templates.ofType('AWS::ApiGatewayV2::Api').filter(({ properties }) => properties.ProtocolType === protocol);

/** Replaces the addresses that AWS would give by those of this host. */
export function createLocalizer(templates: ResolvedTemplates, region: string, endpoint: string, url: string) {
  const socketUrl = url.replace('http', 'ws');
  const callback = apisOf(templates, 'WEBSOCKET').map(
    ({ ref }) => `${ref}.execute-api.${region}.amazonaws.com`,
  );
  const http = apisOf(templates, 'HTTP').map(({ ref }) => `${ref}.execute-api.${region}.amazonaws.com`);
  const urls = templates.ofType('AWS::Lambda::Url').map((resource) => ({
    from: String(resource.attributes.FunctionUrl),
    to: url + localBasePath(resource),
  }));
  return (value: string) => {
    let local = value;
    for (const domain of callback) {
      local = local.replace(new RegExp(`wss://${domain}(/[\\w$-]+)?`, 'g'), `${socketUrl}/ws`);
      local = local.replaceAll(`https://${domain}`, `${endpoint}${connectionsPath}/${domain.split('.')[0]}`);
    }
    for (const domain of http) local = local.replaceAll(`https://${domain}`, url);
    for (const { from, to } of urls) local = local.replaceAll(from, to);
    return local;
  };
}
