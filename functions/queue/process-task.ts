import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { createApiGatewayConnections } from '../../adapters/apigateway-connection-sender.ts';
import { refusesConnections } from '../../adapters/connection-refusals.ts';
import { isDirectCall, readDirectCall, writeEventLine } from '../../adapters/direct-call-wire.ts';
import { createDynamoCircuitBreaker } from '../../adapters/dynamo-circuit-breaker.ts';
import { createDynamoDeltaLog } from '../../adapters/dynamo-delta-log.ts';
import { createDynamoFoundModels } from '../../adapters/dynamo-found-models.ts';
import { createDynamoLanes } from '../../adapters/dynamo-lanes.ts';
import { createDynamoLastWill } from '../../adapters/dynamo-last-will.ts';
import { createDynamoRateLimiter } from '../../adapters/dynamo-rate-limiter.ts';
import { createReadTogether } from '../../adapters/dynamo-reads-together.ts';
import { createDynamoResultCache } from '../../adapters/dynamo-result-cache.ts';
import { createDynamoSlotStore } from '../../adapters/dynamo-slot-store.ts';
import { createDynamoSubscriptions } from '../../adapters/dynamo-subscriptions.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { createDynamoTokenAccounts } from '../../adapters/dynamo-token-accounts.ts';
import { createDynamoWaitingTasks } from '../../adapters/dynamo-waiting-tasks.ts';
import { createJsonSchemas } from '../../adapters/json-schemas.ts';
import { createLanguageModel } from '../../adapters/language-models.ts';
import { openTaskStore } from '../../adapters/open-task-store.ts';
import { createSqsClient, createSqsTaskQueues, toTicket } from '../../adapters/sqs-task-queues.ts';
import { createSsmSecrets } from '../../adapters/ssm-secrets.ts';
import { createWatchdog } from '../../adapters/watchdog.ts';
import { readDeployed } from '../../config/deployed.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { listTaskTypes } from '../../config/task-types.ts';
import { createRunAttempt } from '../../core/attempts/run-attempt.ts';
import { findContextWindow } from '../../core/providers/find-model.ts';
import { createWorker } from '../../core/scheduling/create-worker.ts';
import { createFairQueues } from '../../core/scheduling/fair-queues.ts';
import type { Ticket } from '../../core/scheduling/ticket.ts';
import { reportFailedRecords } from './report-failed-records.ts';

const Variables = Environment.pick({
  SETTINGS: true,
  TASK_TABLE: true,
  STATE_TABLE: true,
  PAYLOAD_BUCKET: true,
  QUEUE_URL_PREFIX: true,
  PROVIDER: true,
  CONNECTIONS_URL: true,
  LOCAL_HOST_STARTED_AT: true,
});
const environment = readEnvironment(Variables, process.env);
const {
  SETTINGS: settings,
  PROVIDER: provider,
  CONNECTIONS_URL: connectionsUrl,
  LOCAL_HOST_STARTED_AT: hostStartedAt,
} = environment;
const deployed = readDeployed();
const definition = deployed.providers.find(({ name }) => name === provider);
const own = settings.providers.find(({ name }) => name === provider);
if (!definition || !own)
  throw new Error(`PROVIDER: ${provider} is not in the catalogue, or not in the settings`);

const logger = new Logger({ persistentLogAttributes: { provider } });
const client = createDynamoClient();
const stateTable = createDynamoTable({ client, tableName: environment.STATE_TABLE });
/** The look at the circuit, and the input of the task beside whose claim it is made. */
const together = createReadTogether(client);
const lanes = createDynamoLanes({ table: stateTable, clock: Date.now });
const secrets = createSsmSecrets({ now: Date.now });
const baseUrl = own.baseUrl ?? definition.baseUrl;
const providers = settings.providers.map(({ name }) => name);

const storeOptions = {
  tableName: environment.TASK_TABLE,
  bucket: environment.PAYLOAD_BUCKET,
  retentionMs: settings.retentionMs,
  hostStartedAt,
};

const { processTask, runDirectTask } = createWorker(
  {
    store: openTaskStore({ ...storeOptions, client, together }),
    queues: createFairQueues(
      createSqsTaskQueues({
        client: createSqsClient(),
        queueUrlPrefix: environment.QUEUE_URL_PREFIX,
        onUnreadable: (error) => logger.error('A message was passed over', { error: error as Error }),
      }),
      lanes,
    ),
    breaker: createDynamoCircuitBreaker({
      table: createDynamoTable({ client, tableName: environment.STATE_TABLE, together }),
      noteHealth: lanes.noteHealth,
      refuses: async () => baseUrl !== undefined && refusesConnections(baseUrl),
    }),
    cache: createDynamoResultCache({ table: stateTable }),
    rates: createDynamoRateLimiter({ table: stateTable }),
    tokenAccounts: createDynamoTokenAccounts({ table: stateTable, sleep, random: Math.random }),
    slotStore: createDynamoSlotStore({ table: stateTable }),
    waiting: createDynamoWaitingTasks({ table: stateTable }),
    deltaLog: createDynamoDeltaLog({
      table: stateTable,
      retentionMs: settings.retentionMs,
      now: Date.now,
    }),
    listeners: connectionsUrl
      ? {
          subscriptions: createDynamoSubscriptions({ table: stateTable }),
          sender: createApiGatewayConnections(connectionsUrl),
        }
      : undefined,
    lastWill: createDynamoLastWill({
      watchdog: createWatchdog({
        kills: hostStartedAt === 0,
        onError: (error) => logger.error('The watchdog ended', { error: error as Error }),
      }),
      openStore: (through) => openTaskStore({ ...storeOptions, client: through }),
      clock: Date.now,
    }),
    runAttempt: createRunAttempt({
      provider: definition,
      languageModel: createLanguageModel({
        provider: definition,
        baseUrl,
        readKey: async () => own.keyParameter && (await secrets.read(own.keyParameter))?.value,
        noteModels: (models) => createDynamoFoundModels({ table: stateTable }).note(provider, models),
        now: Date.now,
        random: Math.random,
      }),
      schemas: createJsonSchemas(),
      taskTypes: listTaskTypes(deployed.ownTypes),
      isEnabled: (name) => providers.includes(name),
      contextWindow: (name, model) => findContextWindow(deployed.providers, name, model),
      now: Date.now,
      random: Math.random,
    }),
    clock: Date.now,
    sleep,
    random: Math.random,
    makeHolder: () => randomUUID().slice(0, 13),
    onError: (error) => logger.warn('Tolerated', { error: error as Error }),
    // The provider's own words stay on the task: they may quote the prompt.
    onFailure: ({ code }) => logger.warn('A provider call failed', { code }),
  },
  {
    slots: {
      provider,
      providers,
      providerLimit: own.limitedBySemaphore ? own.concurrencyLimit : undefined,
      keptFromTickets: settings.slotsKeptForSync,
      globalLimit: settings.maxWorkers ?? undefined,
      typeLimits: settings.typeLimits,
    },
    order: settings,
    requestsPerMinute: own.requestsPerMinute,
    tokensPerMinute: own.tokensPerMinute,
    cacheTtlMs: settings.cacheTtlMs,
    hostStartedAt,
  },
);

type Write = (text: string) => void;

/**
 * Two triggers: SQS on the provider's ticket queue, which is answered by the failed records, and a direct call of a function
 * whose caller waits, which is answered by a line for each event. One worker function a provider, its reserved concurrency
 * the limit of both.
 */
async function serve(event: unknown, context: Context, write: Write): Promise<void> {
  const invocationEndsAt = Date.now() + context.getRemainingTimeInMillis();
  if (isDirectCall(event))
    return runDirectTask(readDirectCall(event), (told) => write(writeEventLine(told)), invocationEndsAt);
  const failed = await reportFailedRecords(event as SQSEvent, logger, async (record) => {
    const outcome = await processTask(readTicket(record), invocationEndsAt);
    return outcome === 'done';
  });
  write(JSON.stringify(failed));
}

/** Both triggers invoke it as a stream: an Invoke that asks for none gets all of it at the end. */
const streaming = () =>
  awslambda.streamifyResponse(async (event, stream, context) => {
    // A kept connection is no reason for Lambda to keep the invocation after its end.
    context.callbackWaitsForEmptyEventLoop = false;
    await serve(event, context, (text) => stream.write(text));
    stream.end();
  });

/** Where functions cannot stream (some emulators), the lines come together at the end, as one text. */
async function buffered(event: unknown, context: Context): Promise<unknown> {
  let text = '';
  await serve(event, context, (more) => {
    text += more;
  });
  return isDirectCall(event) ? text : JSON.parse(text);
}

/** Emulators may have the global without what it is for. */
const runtime = globalThis as { awslambda?: Partial<typeof awslambda> };
export const handler = runtime.awslambda?.streamifyResponse ? streaming() : buffered;

function readTicket({ messageId, receiptHandle, body, attributes }: SQSRecord): Ticket {
  return toTicket(messageId, receiptHandle, body, attributes);
}
