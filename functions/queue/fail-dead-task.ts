import { Logger } from '@aws-lambda-powertools/logger';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createDynamoClient } from '../../adapters/dynamo-table.ts';
import { openTaskStore } from '../../adapters/open-task-store.ts';
import { parseTaskMessage } from '../../adapters/sqs-task-queues.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { failDeadTask } from '../../core/scheduling/fail-dead-task.ts';
import { reportFailedRecords } from './report-failed-records.ts';

const Variables = Environment.pick({ SETTINGS: true, TASK_TABLE: true, PAYLOAD_BUCKET: true });
const environment = readEnvironment(Variables, process.env);
const logger = new Logger();
const store = openTaskStore({
  client: createDynamoClient(),
  tableName: environment.TASK_TABLE,
  bucket: environment.PAYLOAD_BUCKET,
  retentionMs: environment.SETTINGS.retentionMs,
});

/** SQS trigger on a provider's dead-letter queue of tasks. */
export const handler = (event: SQSEvent): Promise<SQSBatchResponse> =>
  reportFailedRecords(event, logger, async (record) => {
    // One that cannot be read stays in the queue, with its alarm: it does not say whose task it is.
    const message = parseTaskMessage(record.body);
    const failed = await failDeadTask(store, message, Date.now());
    logger.warn('A task came to the dead-letter queue', {
      task_id: message.taskId,
      tenant: message.tenant,
      failed,
    });
  });
