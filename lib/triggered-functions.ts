import type { FunctionDefinition } from './function-definition.ts';
import { submissionUses } from './submission-uses.ts';
import { workerTimeout } from './worker-timeout.ts';

/**
 * Runs the most urgent task of its provider. ProviderWorker makes one for each, and grants queues and key.
 */
export const worker: FunctionDefinition = {
  entry: 'queue/process-task',
  startsWarm: true,
  environment: [
    'PROVIDER',
    'TASK_TABLE',
    'STATE_TABLE',
    'PAYLOAD_BUCKET',
    'QUEUE_URL_PREFIX',
    'CONNECTIONS_URL',
  ],
  uses: {
    // It creates a task that is handed to it directly.
    tasks: ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'BatchWriteItem'],
    payloads: ['GetObject', 'PutObject'],
    // Of all providers: a failover sends a task to another's, and whoever frees what tasks wait for shows or ends them.
    taskQueues: ['SendMessage', 'ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes'],
    ticketQueues: ['SendMessage', 'GetQueueAttributes'],
    lanes: ['GetItem', 'Query', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'],
    providers: ['GetItem', 'BatchGetItem', 'UpdateItem'],
    rates: ['GetItem', 'UpdateItem'],
    slots: ['UpdateItem'],
    waitingTasks: ['Query', 'PutItem', 'DeleteItem'],
    cachedResults: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'],
    deltas: ['PutItem'],
    // Whoever reads an answer over a WebSocket as it is written.
    subscriptions: ['Query'],
    connections: ['ManageConnections'],
  },
  timeout: workerTimeout,
};

export const webhookDeliverer: FunctionDefinition = {
  entry: 'queue/deliver-webhook',
  environment: ['STATE_TABLE', 'WEBHOOK_QUEUE_URL', 'WEBHOOK_SECRET_PARAMETER'],
  uses: {
    deliveries: ['PutItem'],
    metrics: ['UpdateItem'],
    webhookQueue: ['ChangeMessageVisibility'],
    webhookSecrets: ['GetParameter'],
  },
  timeout: 60,
};

/** Of what counts changes into batches, whose rows lie beside those of their tasks, and into statistics, and tells the bus. */
const counted = {
  eventBus: ['PutEvents'],
  tasks: ['GetItem', 'BatchGetItem', 'UpdateItem'],
  providers: ['UpdateItem'],
  tenantStatistics: ['UpdateItem'],
  budgets: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
  metrics: ['UpdateItem'],
} as const satisfies FunctionDefinition['uses'];

/** Of whatever sends events to those who wait for them. */
const channels = {
  environment: ['STATE_TABLE', 'WEBHOOK_QUEUE_URL', 'SHARE_QUEUE_URL', 'CONNECTIONS_URL'],
  uses: {
    webhookQueue: ['SendMessage'],
    connections: ['ManageConnections'],
    subscriptions: ['Query', 'BatchWriteItem'],
    eventLag: ['UpdateItem'],
    lateChanges: ['BatchWriteItem'],
  },
} as const satisfies Partial<FunctionDefinition>;

export const eventPublisher: FunctionDefinition = {
  entry: 'stream/publish-task-event',
  startsWarm: true,
  ...channels,
  uses: { ...channels.uses, shareQueue: ['SendMessage'] },
  // By what a frame costs: docs/operations.md.
  memory: 1024,
  timeout: 60,
};

export const changeCounter: FunctionDefinition = {
  entry: 'stream/count-task-changes',
  startsWarm: true,
  environment: ['TASK_TABLE', 'STATE_TABLE', 'SHARE_QUEUE_URL', 'EVENT_BUS'],
  uses: { ...counted, shareQueue: ['SendMessage'] },
  timeout: 60,
};

export const shareRepeater: FunctionDefinition = {
  entry: 'schedule/repeat-shares',
  environment: ['TASK_TABLE', 'EVENT_BUS', ...channels.environment],
  uses: {
    ...channels.uses,
    ...counted,
    shareQueue: ['SendMessage', 'ReceiveMessage', 'ChangeMessageVisibility', 'DeleteMessage'],
  },
  memory: 512,
  timeout: 55,
};

export const sweeper: FunctionDefinition = {
  entry: 'schedule/sweep',
  environment: [
    'TASK_TABLE',
    'STATE_TABLE',
    'PAYLOAD_BUCKET',
    'QUEUE_URL_PREFIX',
    'AUTH_PARAMETER',
    'CONNECTIONS_URL',
  ],
  uses: {
    tasks: ['GetItem', 'BatchGetItem', 'Query', 'UpdateItem'],
    // A task that it cancels may have ended by then.
    payloads: ['GetObject'],
    taskQueues: ['SendMessage', 'ChangeMessageVisibility', 'GetQueueAttributes'],
    ticketQueues: ['SendMessage', 'GetQueueAttributes'],
    deadQueues: ['ReceiveMessage', 'DeleteMessage'],
    providers: ['GetItem', 'PutItem', 'UpdateItem'],
    metrics: ['UpdateItem'],
    rates: ['GetItem', 'UpdateItem'],
    slots: ['GetItem', 'UpdateItem'],
    waitingTasks: ['Query', 'DeleteItem'],
    // It closes what tokens opened that have ended.
    tokens: ['Query'],
    authToken: ['GetParameter'],
    subscriptions: ['Query', 'BatchWriteItem'],
    connections: ['ManageConnections'],
    lanes: ['GetItem', 'Query', 'UpdateItem', 'BatchWriteItem'],
    budgets: ['Query', 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
  },
  timeout: 55,
};

/** Goes on with the batches of OpenAI's clients. */
export const batchRunner: FunctionDefinition = {
  entry: 'schedule/run-batches',
  environment: ['TASK_TABLE', 'STATE_TABLE', 'PAYLOAD_BUCKET', 'FILE_BUCKET', 'QUEUE_URL_PREFIX'],
  uses: {
    tasks: ['GetItem', 'BatchGetItem', 'Query', 'UpdateItem', 'BatchWriteItem'],
    payloads: ['GetObject', 'PutObject'],
    fileContents: ['GetObject', 'PutObject'],
    files: ['GetItem', 'PutItem'],
    ...submissionUses,
  },
  // Of eight batches it has lines and answers in memory, and reads an input of 200 MB.
  memory: 1024,
  timeout: 300,
};

export const webSocketFunctions = {
  authorize: {
    entry: 'websocket/authorize',
    environment: ['STATE_TABLE', 'AUTH_PARAMETER'],
    uses: { connectionPasses: ['DeleteItem'], tokens: ['GetItem'], authToken: ['GetParameter'] },
  },
  connect: {
    entry: 'websocket/connect',
    environment: ['STATE_TABLE'],
    uses: { subscriptions: ['PutItem', 'BatchWriteItem'] },
  },
  disconnect: {
    entry: 'websocket/disconnect',
    environment: ['STATE_TABLE'],
    uses: { subscriptions: ['Query', 'BatchWriteItem'] },
  },
  handleClientMessage: {
    entry: 'websocket/handle-client-message',
    environment: ['TASK_TABLE', 'STATE_TABLE', 'PAYLOAD_BUCKET', 'CONNECTIONS_URL'],
    uses: {
      tasks: ['GetItem', 'BatchGetItem', 'Query', 'UpdateItem'],
      payloads: ['GetObject'],
      connections: ['ManageConnections'],
      subscriptions: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'],
      eventLag: ['Query'],
      lateChanges: ['Query'],
    },
    timeout: 29,
  },
} satisfies Record<string, FunctionDefinition>;
