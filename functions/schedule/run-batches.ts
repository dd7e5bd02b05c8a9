import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { createDynamoFileStore } from '../../adapters/dynamo-file-store.ts';
import { createDynamoOpenaiBatchStore } from '../../adapters/dynamo-openai-batch-store.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { createLazyFileContents } from '../../adapters/lazy-file-contents.ts';
import { sdkAttempts } from '../../adapters/retry-policy.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { toOpenaiError } from '../../core/openai/openai-error.ts';
import type { BatchRunPorts } from '../../core/openai-batches/batch-run.ts';
import { type BatchRunReport, runBatches } from '../../core/openai-batches/run-batches.ts';
import { toProblem } from '../http/middleware/to-problem.ts';
import { submissionPortsOf } from '../submission-ports.ts';

const Variables = Environment.pick({
  SETTINGS: true,
  TASK_TABLE: true,
  STATE_TABLE: true,
  PAYLOAD_BUCKET: true,
  FILE_BUCKET: true,
  QUEUE_URL_PREFIX: true,
  LOCAL_HOST_STARTED_AT: true,
});
const environment = readEnvironment(Variables, process.env);
const logger = new Logger();
const client = createDynamoClient(sdkAttempts.dynamoBatch);
const { table, ...submissions } = submissionPortsOf(environment, client);

const ports: BatchRunPorts = {
  ...submissions,
  batches: createDynamoOpenaiBatchStore({
    table: createDynamoTable({ client, tableName: environment.TASK_TABLE }),
    retentionMs: environment.SETTINGS.retentionMs,
    hostStartedAt: environment.LOCAL_HOST_STARTED_AT,
  }),
  files: createDynamoFileStore({ table }),
  contents: createLazyFileContents({ bucket: environment.FILE_BUCKET }),
  toOpenaiError: (error) => toOpenaiError(toProblem(error)),
  clock: Date.now,
  sleep,
  nameRun: randomUUID,
  onError: (error) => logger.error('A batch could not be gone on with', { error: error as Error }),
};

/** The schedule's own event says nothing of a batch. */
const Started = z.object({ tenant: z.string(), batchId: z.string() });

/** So long a run goes on: the schedule starts the next one. */
const runMs = 55_000;
/** One that a batch started is over sooner, so that many batches at once do not take the executions of an account. */
const startedMs = 30_000;
/** For what was begun. */
const keptMs = 30_000;

/** Scheduler trigger, every minute, and started with each new batch: goes on with the batches of OpenAI's clients. */
export const handler = async (event: unknown, context: Context): Promise<BatchRunReport> => {
  const started = Started.safeParse(event);
  const wantedMs = started.success ? startedMs : runMs;
  const until = Date.now() + Math.min(wantedMs, context.getRemainingTimeInMillis() - keptMs);
  const report = await runBatches(started.success ? [started.data] : [], until, ports);
  if (report.advanced > 0) logger.info('Batches went on', { ...report });
  return report;
};
