import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { createApiGatewayConnections } from '../../adapters/apigateway-connection-sender.ts';
import { createDynamoBatchStore } from '../../adapters/dynamo-batch-store.ts';
import { createDynamoEventLag } from '../../adapters/dynamo-event-lag.ts';
import { createDynamoLateChanges } from '../../adapters/dynamo-late-changes.ts';
import { createDynamoReplayRate } from '../../adapters/dynamo-replay-rate.ts';
import { createDynamoSubscriptions } from '../../adapters/dynamo-subscriptions.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { openTaskStore } from '../../adapters/open-task-store.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { type ClientMessagePorts, handleClientMessage } from '../../core/web-socket/handle-client-message.ts';
import { usualLifeMs } from '../../core/web-socket/late-changes.ts';
import { readClient, WebSocketEvent } from './caller.ts';

const Variables = Environment.pick({
  SETTINGS: true,
  TASK_TABLE: true,
  STATE_TABLE: true,
  PAYLOAD_BUCKET: true,
  CONNECTIONS_URL: true,
}).required({ CONNECTIONS_URL: true });
const environment = readEnvironment(Variables, process.env);
const { retentionMs } = environment.SETTINGS;
const logger = new Logger();
/** A replay stops when so much of the function's time is left, for the frames under way and the last one. */
const answerMs = 8_000;
const client = createDynamoClient();
const stateTable = createDynamoTable({ client, tableName: environment.STATE_TABLE });
const taskTable = createDynamoTable({ client, tableName: environment.TASK_TABLE });

const ports: ClientMessagePorts = {
  subscriptions: createDynamoSubscriptions({ table: stateTable }),
  eventLag: createDynamoEventLag({ table: stateTable, retentionMs }),
  lateChanges: createDynamoLateChanges({ table: stateTable, retentionMs }),
  sender: createApiGatewayConnections(environment.CONNECTIONS_URL),
  replayRate: createDynamoReplayRate({ table: stateTable }),
  batches: createDynamoBatchStore({ table: taskTable, retentionMs }),
  store: openTaskStore({
    client,
    tableName: environment.TASK_TABLE,
    bucket: environment.PAYLOAD_BUCKET,
    retentionMs,
  }),
};

/** $default: every message of a client. Always returns 200; errors are told over the connection. */
export const handler = async (event: unknown, context: Context) => {
  const message = WebSocketEvent.parse(event);
  const caller = readClient(message);
  const text = message.isBase64Encoded ? '' : (message.body ?? '');
  try {
    const isLate = () => context.getRemainingTimeInMillis() < answerMs;
    const options = { usualLifeMs, isLate, sleep, random: Math.random };
    await handleClientMessage(caller, text, options, ports, Date.now());
  } catch (error) {
    logger.error('A WebSocket message could not be answered', {
      tenant: caller.tenant,
      connection_id: caller.connectionId,
      error: error as Error,
    });
  }
  return { statusCode: 200 };
};
