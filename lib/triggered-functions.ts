import type { FunctionDefinition } from './function-definition.ts';
import { workerTimeout } from './worker-timeout.ts';

/**
 * Runs the most urgent task of its provider. ProviderWorker makes one for each, and grants queues and key.
 */
export const worker: FunctionDefinition = {
  entry: 'queue/process-task',
  environment: ['SETTINGS', 'PROVIDER', 'TASK_TABLE', 'STATE_TABLE', 'PAYLOAD_BUCKET', 'QUEUE_URL_PREFIX'],
  uses: ['write tasks', 'write state', 'read payloads', 'write payloads', 'send tasks', 'hide tasks'],
  timeout: workerTimeout,
};

export const webhookDeliverer: FunctionDefinition = {
  entry: 'queue/deliver-webhook',
  environment: ['SETTINGS', 'STATE_TABLE', 'WEBHOOK_QUEUE_URL', 'WEBHOOK_SECRET_PARAMETER'],
  uses: ['write state', 'read webhook secrets'],
  timeout: 60,
};

export const eventPublisher: FunctionDefinition = {
  entry: 'stream/publish-task-event',
  environment: ['SETTINGS', 'TASK_TABLE', 'STATE_TABLE', 'WEBHOOK_QUEUE_URL', 'EVENT_BUS', 'CONNECTIONS_URL'],
  uses: ['write tasks', 'write state', 'send webhooks', 'put events', 'manage connections'],
  timeout: 60,
};

export const sweeper: FunctionDefinition = {
  entry: 'schedule/sweep',
  environment: ['SETTINGS', 'TASK_TABLE', 'STATE_TABLE', 'PAYLOAD_BUCKET', 'QUEUE_URL_PREFIX'],
  uses: [
    'write tasks',
    'write state',
    'read payloads',
    'send tasks',
    'count tasks',
    'hide tasks',
    'receive dead tasks',
  ],
  timeout: 55,
};

export const webSocketFunctions = {
  authorize: {
    entry: 'websocket/authorize',
    environment: ['SETTINGS', 'STATE_TABLE', 'AUTH_PARAMETER'],
    uses: ['write state', 'read auth token'],
  },
  connect: {
    entry: 'websocket/connect',
    environment: ['SETTINGS', 'STATE_TABLE'],
    uses: ['write state'],
  },
  disconnect: {
    entry: 'websocket/disconnect',
    environment: ['SETTINGS', 'STATE_TABLE'],
    uses: ['write state'],
  },
  handleClientMessage: {
    entry: 'websocket/handle-client-message',
    environment: ['SETTINGS', 'TASK_TABLE', 'STATE_TABLE', 'PAYLOAD_BUCKET', 'CONNECTIONS_URL'],
    uses: ['read tasks', 'write state', 'read payloads', 'manage connections'],
    timeout: 29,
  },
} satisfies Record<string, FunctionDefinition>;
