// The @connections API of a WebSocket API:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
import type { PathService, WholeRequest } from '../services/aws-service.ts';
import { ServiceFault } from '../services/service-fault.ts';
import type { WebSocketApi } from './websocket-api.ts';

/** Where the callback address of the API is, under the AWS endpoint. */
export const connectionsPath = '/_aws/execute-api';

const pattern = /^\/_aws\/execute-api\/([^/]+)\/([^/]+)\/@connections\/([^/?]+)/;

const operations: Record<string, string> = {
  POST: 'PostToConnection',
  DELETE: 'DeleteConnection',
  GET: 'GetConnection',
};

/** @param api undefined: every call is refused */
export function createConnectionsApi(api: WebSocketApi | undefined): PathService {
  const find = ({ method, url }: WholeRequest) => {
    const [, apiId, stage = '', id = ''] = pattern.exec(url) ?? [];
    if (!api || apiId !== api.id)
      throw new ServiceFault(403, 'ForbiddenException', `No WebSocket API answers at ${url}`);
    return { api, stage, id: decodeURIComponent(id), method };
  };
  return {
    operation: ({ method }) => operations[method] ?? method,

    access(request) {
      const { api, stage, id, method } = find(request);
      return [api.access(method, stage, id)];
    },
    call(request) {
      const { api, id, method } = find(request);
      return { status: api.manage(method, id, request.body), headers: {}, body: '' };
    },
  };
}
