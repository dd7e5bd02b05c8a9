import type { Scope } from '../../core/access/scope.ts';
import { ServiceError } from '../../core/service-error.ts';
import type { ErrorForm } from './answer-error.ts';
import type { ServeUrl } from './url-route.ts';

export interface UrlRoute {
  /** As the log names it. */
  name: string;
  errors: ErrorForm;
  /** Undefined: any token will do. */
  scope?: Scope;
  load: () => Promise<{ serve: ServeUrl }>;
}

interface TableRow extends UrlRoute {
  method: 'GET' | 'POST' | 'DELETE';
  path: RegExp;
  scope: Scope;
}

const files: Pick<TableRow, 'name' | 'errors' | 'load'> = {
  name: 'files',
  errors: 'openai',
  load: () => import('./routes/files.ts'),
};

const batches: Pick<TableRow, 'name' | 'errors' | 'load'> = {
  name: 'batches',
  errors: 'openai',
  load: () => import('./routes/batches.ts'),
};

/** What is served at the URL. Each is loaded when it is asked for. */
export const urlRoutes: readonly TableRow[] = [
  {
    method: 'POST',
    path: /^\/api\/v1\/process\/stream$/,
    name: 'process-stream',
    scope: 'submit',
    errors: 'problem',
    load: () => import('./routes/process-stream.ts'),
  },
  {
    method: 'POST',
    path: /^\/v1\/chat\/completions$/,
    name: 'chat-completions',
    scope: 'submit',
    errors: 'openai',
    load: () => import('./routes/chat-completions.ts'),
  },
  {
    method: 'POST',
    path: /^\/v1\/responses$/,
    name: 'create-response',
    scope: 'submit',
    errors: 'openai',
    load: () => import('./routes/create-response.ts'),
  },
  {
    method: 'GET',
    path: /^\/v1\/responses\/[^/]+$/,
    name: 'get-response',
    scope: 'read',
    errors: 'openai',
    load: () => import('./routes/get-response.ts'),
  },
  {
    method: 'DELETE',
    path: /^\/v1\/responses\/[^/]+$/,
    name: 'delete-response',
    scope: 'submit',
    errors: 'openai',
    load: () => import('./routes/delete-response.ts'),
  },
  {
    method: 'POST',
    path: /^\/v1\/responses\/[^/]+\/cancel$/,
    name: 'cancel-response',
    scope: 'submit',
    errors: 'openai',
    load: () => import('./routes/cancel-response.ts'),
  },
  {
    method: 'GET',
    path: /^\/v1\/responses\/[^/]+\/input_items$/,
    name: 'list-input-items',
    scope: 'read',
    errors: 'openai',
    load: () => import('./routes/list-input-items.ts'),
  },
  {
    method: 'POST',
    path: /^\/v1\/embeddings$/,
    name: 'embeddings',
    scope: 'submit',
    errors: 'openai',
    load: () => import('./routes/embeddings.ts'),
  },
  {
    method: 'GET',
    path: /^\/v1\/models(?:\/.+)?$/,
    name: 'models',
    scope: 'read',
    errors: 'openai',
    load: () => import('./routes/models.ts'),
  },
  { method: 'POST', path: /^\/v1\/files$/, scope: 'submit', ...files },
  { method: 'GET', path: /^\/v1\/files(?:\/[^/]+)?$/, scope: 'read', ...files },
  { method: 'DELETE', path: /^\/v1\/files\/[^/]+$/, scope: 'submit', ...files },
  {
    method: 'GET',
    path: /^\/v1\/files\/[^/]+\/content$/,
    name: 'file-content',
    scope: 'read',
    errors: 'openai',
    load: () => import('./routes/file-content.ts'),
  },
  {
    method: 'POST',
    path: /^\/v1\/uploads(?:\/[^/]+\/(?:parts|complete|cancel))?$/,
    name: 'uploads',
    scope: 'submit',
    errors: 'openai',
    load: () => import('./routes/uploads.ts'),
  },
  { method: 'POST', path: /^\/v1\/batches(?:\/[^/]+\/cancel)?$/, scope: 'submit', ...batches },
  { method: 'GET', path: /^\/v1\/batches(?:\/[^/]+)?$/, scope: 'read', ...batches },
];

/** Never undefined: what is not served is a route that refuses, after the token was checked. */
export function findRoute(method: string, path: string): UrlRoute {
  const here = urlRoutes.filter((row) => row.path.test(path));
  const route = here.find((row) => methodsOf(row).includes(method));
  if (route) return route;
  const errors = path.startsWith('/v1/') ? 'openai' : 'problem';
  return { name: 'unknown', errors, load: async () => ({ serve: () => refuse(method, path, here) }) };
}

const methodsOf = ({ method }: TableRow) => (method === 'GET' ? ['GET', 'HEAD'] : [method]);

async function refuse(method: string, path: string, here: readonly TableRow[]): Promise<never> {
  if (here.length === 0) throw new ServiceError('not_found', `There is nothing at ${path.slice(0, 200)}`);
  const allow = here.flatMap(methodsOf);
  const message = `${method} is not allowed here; ${allow.join(', ')} is`;
  throw new ServiceError('method_not_allowed', message, { allow });
}
