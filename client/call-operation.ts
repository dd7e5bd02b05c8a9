import type { ClientOptions } from './options.ts';
import type { SendRequest } from './send-request.ts';
import { LlmServiceError } from './service-error.ts';
import { type Operations, routes } from './wire.ts';

export type OperationId = keyof Operations;

export interface CallOptions<Id extends OperationId> {
  path?: Record<string, string>;
  query?: Operations[Id]['query'];
  body?: Operations[Id]['body'];
  headers?: Record<string, string>;
  repeatable?: boolean;
  accepts?: readonly number[];
  signal?: AbortSignal | undefined;
}

export type CallOperation = <Id extends OperationId>(
  id: Id,
  options?: CallOptions<Id>,
) => Promise<Operations[Id]['answer']>;

/** Method and URL of an operation, with what its path and query name. */
export function buildUrl(
  baseUrl: string,
  id: OperationId,
  path: Record<string, string> = {},
  query: Record<string, unknown> = {},
): { method: string; url: string } {
  const [method = '', template = ''] = routes[id].split(' ');
  const filled = template.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(path[name] ?? ''));
  const named = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const search = new URLSearchParams(named).toString();
  return { method, url: `${baseUrl.replace(/\/+$/, '')}${filled}${search && `?${search}`}` };
}

/** Calls operations of the HTTP API by their ids; every GET may be repeated. */
export function createCallOperation(options: ClientOptions, send: SendRequest): CallOperation {
  const json = options.json ?? JSON;
  return async (id, { path, query, body, headers, repeatable, accepts, signal } = {}) => {
    const { method, url } = buildUrl(options.baseUrl, id, path, query);
    return send({
      url,
      method,
      repeatable: repeatable ?? method === 'GET',
      ...(headers && { headers }),
      ...(body !== undefined && { body: json.stringify(body) }),
      ...(accepts && { accepts }),
      signal,
      async read(answer) {
        const text = await answer.text();
        if (answer.headers.get('content-type')?.startsWith('text/plain')) return text;
        try {
          return json.parse(text);
        } catch (cause) {
          throw new LlmServiceError(
            `${method} ${url} answered what is no JSON: is the service at this address?`,
            {
              status: answer.status,
              code: 'no_answer',
              cause,
            },
          );
        }
      },
    });
  };
}
