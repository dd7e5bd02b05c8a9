import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { createCfworkerJsonSchemas } from '../../adapters/cfworker-json-schemas.ts';
import { createDynamoCircuitBreaker } from '../../adapters/dynamo-circuit-breaker.ts';
import { createDynamoRateLimiter } from '../../adapters/dynamo-rate-limiter.ts';
import { createDynamoResultCache } from '../../adapters/dynamo-result-cache.ts';
import { createDynamoSemaphore } from '../../adapters/dynamo-semaphore.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { createLanguageModel } from '../../adapters/language-models.ts';
import { openTaskStore } from '../../adapters/open-task-store.ts';
import { createSqsClient, createSqsTaskQueues, parseTicketHint } from '../../adapters/sqs-task-queues.ts';
import { createSsmSecrets } from '../../adapters/ssm-secrets.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { findProvider } from '../../config/providers.ts';
import { taskTypes } from '../../config/task-types.ts';
import { countRepeats } from '../../core/attempts/charge-repeated-calls.ts';
import { createRunAttempt } from '../../core/attempts/run-attempt.ts';
import { createProcessTask } from '../../core/scheduling/process-task.ts';
import { createRequestRate } from '../../core/scheduling/request-rate.ts';
import { createSlots } from '../../core/scheduling/slots.ts';
import type { Ticket } from '../../core/scheduling/ticket.ts';
import { createTokenRate } from '../../core/scheduling/token-rate.ts';
import { reportFailedRecords } from './report-failed-records.ts';

const Variables = Environment.pick({
  SETTINGS: true,
  TASK_TABLE: true,
  STATE_TABLE: true,
  PAYLOAD_BUCKET: true,
  QUEUE_URL_PREFIX: true,
  PROVIDER: true,
  LOCAL_HOST_STARTED_AT: true,
});
const environment = readEnvironment(Variables, process.env);
const { SETTINGS: settings, PROVIDER: provider, LOCAL_HOST_STARTED_AT: hostStartedAt } = environment;
const definition = findProvider(provider);
const own = settings.providers.find(({ name }) => name === provider);
if (!definition || !own) throw new Error(`PROVIDER: ${provider} is not in the catalogue, or not in SETTINGS`);

const logger = new Logger({ persistentLogAttributes: { provider } });
const client = createDynamoClient();
const stateTable = createDynamoTable({ client, tableName: environment.STATE_TABLE });
const secrets = createSsmSecrets({ now: Date.now });
const breaker = createDynamoCircuitBreaker({ table: stateTable });
const cache = createDynamoResultCache({ table: stateTable });
const rates = createDynamoRateLimiter({ table: stateTable });
const onError = (error: unknown) => logger.warn('Tolerated', { error: error as Error });

const requestRate = createRequestRate({ rates, provider, requestsPerMinute: own.requestsPerMinute });

const processTask = createProcessTask({
  provider,
  order: settings,
  store: openTaskStore({
    client,
    tableName: environment.TASK_TABLE,
    bucket: environment.PAYLOAD_BUCKET,
    retentionMs: settings.retentionMs,
    hostStartedAt,
  }),
  queues: createSqsTaskQueues({
    client: createSqsClient(),
    queueUrlPrefix: environment.QUEUE_URL_PREFIX,
    onUnreadable: (error) => logger.error('A message was passed over', { error: error as Error }),
  }),
  breaker,
  cache,
  requestRate,
  tokens: createTokenRate({ rates, provider, tokensPerMinute: own.tokensPerMinute }),
  slots: createSlots({
    semaphore: createDynamoSemaphore({ table: stateTable, hostStartedAt }),
    settings: {
      provider,
      providerLimit: own.limitedBySemaphore ? own.concurrencyLimit : undefined,
      globalLimit: settings.maxWorkers ?? undefined,
      typeLimits: settings.typeLimits,
    },
    clock: Date.now,
    sleep,
    random: Math.random,
  }),
  runAttempt: createRunAttempt({
    provider: definition,
    languageModel: countRepeats(
      createLanguageModel({
        provider: definition,
        baseUrl: own.baseUrl,
        readKey: async () => own.keyParameter && secrets.read(own.keyParameter),
        now: Date.now,
        random: Math.random,
      }),
      () => requestRate.charge(Date.now()),
    ),
    schemas: createCfworkerJsonSchemas(),
    taskTypes,
    cache,
    cacheTtlMs: settings.cacheTtlMs,
    breaker,
    now: Date.now,
    random: Math.random,
    // The provider's own words stay on the task: they may quote the prompt.
    report: (event) =>
      event.kind === 'call_failed'
        ? logger.warn('A provider call failed', {
            code: event.failure.code,
          })
        : onError(event.cause),
  }),
  clock: Date.now,
  random: Math.random,
  onError,
});

/** SQS trigger on the provider's ticket queue; one worker function a provider, its reserved concurrency the limit. */
export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  const invocationEndsAt = Date.now() + context.getRemainingTimeInMillis();
  return reportFailedRecords(event, logger, async (record) => {
    const outcome = await processTask(toTicket(record), invocationEndsAt);
    return outcome === 'done';
  });
};

function toTicket(record: SQSRecord): Ticket {
  return {
    id: record.messageId,
    handle: record.receiptHandle,
    hint: parseTicketHint(record.body),
  };
}
