import type { FunctionDefinition } from './function-definition.ts';
import { submissionUses } from './submission-uses.ts';

/** A route of the HTTP API and its function. */
export interface HttpRoute extends FunctionDefinition {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  /** Needs no bearer token. */
  public?: true;
  /** Only where WebSockets are on. */
  webSocket?: true;
}

const submits = {
  environment: ['TASK_TABLE', 'STATE_TABLE', 'PAYLOAD_BUCKET', 'QUEUE_URL_PREFIX'],
  uses: {
    // The index of open tasks is asked before a tenant is refused for its waiting ones.
    tasks: ['GetItem', 'PutItem', 'BatchWriteItem', 'Query'],
    payloads: ['GetObject', 'PutObject'],
    ...submissionUses,
    rates: ['UpdateItem'],
    idempotencyKeys: ['GetItem', 'UpdateItem'],
  },
  timeout: 29,
} as const;

const ofTasks = ['TASK_TABLE', 'PAYLOAD_BUCKET'] as const;
const ofProviders = {
  environment: ['STATE_TABLE'],
  uses: { providers: ['BatchGetItem'] },
} as const;

/** Every route of the HTTP API. core/http-contract describes the same ones. */
export const httpRoutes: readonly HttpRoute[] = [
  {
    method: 'GET',
    path: '/health',
    entry: 'http/get-health',
    environment: [],
    uses: {},
    public: true,
  },
  {
    method: 'GET',
    path: '/ready',
    entry: 'http/get-ready',
    environment: ['TASK_TABLE', 'QUEUE_URL_PREFIX'],
    uses: {
      tasks: ['GetItem'],
      taskQueues: ['GetQueueAttributes'],
      ticketQueues: ['GetQueueAttributes'],
    },
    public: true,
  },
  {
    method: 'POST',
    path: '/api/v1/tasks',
    entry: 'http/submit-task',
    startsWarm: true,
    ...submits,
    uses: { ...submits.uses, cachedResults: ['GetItem'] },
  },
  {
    method: 'GET',
    path: '/api/v1/tasks',
    entry: 'http/list-tasks',
    environment: ofTasks,
    uses: { tasks: ['BatchGetItem', 'Query'], payloads: ['GetObject'] },
  },
  {
    method: 'POST',
    path: '/api/v1/tasks/batch',
    entry: 'http/submit-batch',
    startsWarm: true,
    ...submits,
    // It parses and checks up to 5 MiB; Lambda gives processor time by memory.
    memory: 512,
  },
  {
    method: 'GET',
    path: '/api/v1/tasks/{task_id}',
    entry: 'http/get-task',
    environment: ofTasks,
    // It ends a task that it finds past its deadline.
    uses: { tasks: ['GetItem', 'UpdateItem'], payloads: ['GetObject'] },
  },
  {
    method: 'DELETE',
    path: '/api/v1/tasks/{task_id}',
    entry: 'http/cancel-task',
    environment: ofTasks,
    uses: { tasks: ['UpdateItem'], payloads: ['GetObject'] },
  },
  {
    method: 'PATCH',
    path: '/api/v1/tasks/{task_id}',
    entry: 'http/reprioritize-task',
    environment: [...ofTasks, 'STATE_TABLE', 'QUEUE_URL_PREFIX'],
    uses: {
      providers: ['GetItem', 'UpdateItem'],
      tasks: ['GetItem', 'UpdateItem'],
      payloads: ['GetObject'],
      taskQueues: ['SendMessage', 'GetQueueAttributes'],
      ticketQueues: ['SendMessage', 'GetQueueAttributes'],
      lanes: ['GetItem', 'Query', 'UpdateItem', 'BatchWriteItem'],
    },
  },
  {
    method: 'GET',
    path: '/api/v1/tasks/{task_id}/deliveries',
    entry: 'http/list-deliveries',
    environment: ['TASK_TABLE', 'STATE_TABLE', 'PAYLOAD_BUCKET'],
    uses: { tasks: ['BatchGetItem'], deliveries: ['Query'] },
  },
  {
    method: 'POST',
    path: '/api/v1/process/sync',
    entry: 'http/process-sync',
    environment: [...submits.environment, 'WORKER_FUNCTION_PREFIX'],
    uses: {
      ...submits.uses,
      tasks: [...submits.uses.tasks, 'BatchGetItem', 'UpdateItem'],
      cachedResults: ['GetItem'],
      workers: ['InvokeFunction'],
      // What answers a stream answers it too; it asks for neither.
      deltas: ['Query'],
      repeats: ['GetItem', 'PutItem'],
    },
    timeout: submits.timeout,
    memory: 512,
  },
  {
    method: 'GET',
    path: '/api/v1/batches/{batch_id}',
    entry: 'http/get-batch',
    environment: ['TASK_TABLE'],
    // A batch and the marks of its tasks.
    uses: { tasks: ['GetItem', 'BatchGetItem'] },
  },
  {
    method: 'GET',
    path: '/api/v1/batches/{batch_id}/deliveries',
    entry: 'http/list-batch-deliveries',
    environment: ['TASK_TABLE', 'STATE_TABLE'],
    uses: { tasks: ['GetItem', 'BatchGetItem'], deliveries: ['Query'] },
  },
  {
    method: 'GET',
    path: '/api/v1/providers',
    entry: 'http/list-providers',
    ...ofProviders,
  },
  { method: 'GET', path: '/api/v1/providers/status', entry: 'http/list-provider-statuses', ...ofProviders },
  {
    method: 'GET',
    path: '/api/v1/providers/{name}/status',
    entry: 'http/get-provider-status',
    ...ofProviders,
  },
  {
    method: 'GET',
    path: '/api/v1/stats',
    entry: 'http/get-stats',
    environment: ['STATE_TABLE'],
    uses: { tenantStatistics: ['GetItem'] },
  },
  {
    method: 'GET',
    path: '/api/v1/metrics',
    entry: 'http/get-metrics',
    environment: ['STATE_TABLE'],
    uses: { metrics: ['BatchGetItem'], providers: ['BatchGetItem'] },
  },
  {
    method: 'POST',
    path: '/api/v1/ws-tickets',
    entry: 'http/create-connection-pass',
    environment: ['STATE_TABLE', 'WEBSOCKET_URL'],
    uses: { connectionPasses: ['PutItem'] },
    webSocket: true,
  },
  {
    method: 'GET',
    path: '/openapi.json',
    entry: 'http/get-openapi',
    environment: ['STREAM_URL'],
    uses: {},
    public: true,
  },
];

/**
 * Answers everything else: the pages, whose routes would cost four resources each, of which a stack has 500, and 404 or
 * 405 for the rest, as problem details like every error.
 */
export const pageServer: FunctionDefinition = {
  entry: 'http/serve-page',
  environment: ['STREAM_URL', 'WEBSOCKET_URL'],
  uses: {},
};

/** Adds what functions/http/middleware/authenticate.ts needs. */
export function withTokenCheck(definition: FunctionDefinition): FunctionDefinition {
  return {
    ...definition,
    environment: [...new Set([...definition.environment, 'STATE_TABLE', 'AUTH_PARAMETER'] as const)],
    uses: { ...definition.uses, tokens: ['GetItem'], authToken: ['GetParameter'] },
  };
}
