import type { FunctionDefinition } from './function-definition.ts';

/** A route of the HTTP API and its function. */
export interface HttpRoute extends FunctionDefinition {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  /** Needs no bearer token. */
  public?: true;
  /** Only where WebSockets are on. */
  webSocket?: true;
}

const reads = {
  environment: ['SETTINGS', 'TASK_TABLE', 'PAYLOAD_BUCKET'],
  uses: ['read tasks', 'read payloads'],
} as const;

const submits = {
  environment: ['SETTINGS', 'TASK_TABLE', 'STATE_TABLE', 'PAYLOAD_BUCKET', 'QUEUE_URL_PREFIX'],
  uses: ['write tasks', 'write state', 'read payloads', 'write payloads', 'send tasks'],
} as const;

const changes = {
  environment: ['SETTINGS', 'TASK_TABLE', 'PAYLOAD_BUCKET'],
  uses: ['write tasks', 'read payloads'],
} as const;

const reportsState = { environment: ['SETTINGS', 'STATE_TABLE'], uses: ['read state'] } as const;

/** Every route of the HTTP API. core/http-contract describes the same ones. */
export const httpRoutes: readonly HttpRoute[] = [
  {
    method: 'GET',
    path: '/health',
    entry: 'http/get-health',
    environment: ['SETTINGS'],
    uses: [],
    public: true,
  },
  {
    method: 'GET',
    path: '/ready',
    entry: 'http/get-ready',
    environment: ['SETTINGS', 'TASK_TABLE', 'QUEUE_URL_PREFIX'],
    uses: ['read tasks', 'count tasks'],
    public: true,
  },
  { method: 'POST', path: '/api/v1/tasks', entry: 'http/submit-task', ...submits, timeout: 29 },
  { method: 'GET', path: '/api/v1/tasks', entry: 'http/list-tasks', ...reads },
  {
    method: 'POST',
    path: '/api/v1/tasks/batch',
    entry: 'http/submit-batch',
    ...submits,
    // It parses and checks up to 5 MiB; Lambda gives processor time by memory.
    memory: 512,
    timeout: 29,
  },
  // It ends a task that it finds past its deadline.
  { method: 'GET', path: '/api/v1/tasks/{task_id}', entry: 'http/get-task', ...changes },
  { method: 'DELETE', path: '/api/v1/tasks/{task_id}', entry: 'http/cancel-task', ...changes },
  {
    method: 'PATCH',
    path: '/api/v1/tasks/{task_id}',
    entry: 'http/reprioritize-task',
    environment: [...changes.environment, 'QUEUE_URL_PREFIX'],
    uses: [...changes.uses, 'send tasks'],
  },
  {
    method: 'GET',
    path: '/api/v1/tasks/{task_id}/deliveries',
    entry: 'http/list-deliveries',
    environment: ['SETTINGS', 'TASK_TABLE', 'STATE_TABLE', 'PAYLOAD_BUCKET'],
    uses: ['read tasks', 'read state', 'read payloads'],
  },
  {
    method: 'GET',
    path: '/api/v1/batches/{batch_id}',
    entry: 'http/get-batch',
    environment: ['SETTINGS', 'TASK_TABLE'],
    uses: ['read tasks'],
  },
  {
    method: 'GET',
    path: '/api/v1/providers',
    entry: 'http/list-providers',
    environment: ['SETTINGS'],
    uses: [],
  },
  { method: 'GET', path: '/api/v1/providers/status', entry: 'http/list-provider-statuses', ...reportsState },
  {
    method: 'GET',
    path: '/api/v1/providers/{name}/status',
    entry: 'http/get-provider-status',
    ...reportsState,
  },
  { method: 'GET', path: '/api/v1/stats', entry: 'http/get-stats', ...reportsState },
  {
    method: 'POST',
    path: '/api/v1/ws-tickets',
    entry: 'http/create-connection-pass',
    environment: ['SETTINGS', 'STATE_TABLE', 'WEBSOCKET_URL'],
    uses: ['write state'],
    webSocket: true,
  },
  {
    method: 'GET',
    path: '/openapi.json',
    entry: 'http/get-openapi',
    environment: ['SETTINGS'],
    uses: [],
    public: true,
  },
  { method: 'GET', path: '/docs', entry: 'http/get-docs', environment: [], uses: [], public: true },
];

/** Answers everything else by 404 or 405, as problem details like every error. */
export const unknownRoute: FunctionDefinition = {
  entry: 'http/answer-unknown-route',
  environment: [],
  uses: [],
};

/** Adds what functions/http/middleware/authenticate.ts needs. */
export function withTokenCheck(definition: FunctionDefinition): FunctionDefinition {
  return {
    ...definition,
    environment: [...definition.environment, 'AUTH_PARAMETER'],
    uses: [...definition.uses, 'read auth token'],
  };
}
