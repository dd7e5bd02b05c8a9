import { Logger } from '@aws-lambda-powertools/logger';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { changeFromRecord } from '../../adapters/dynamo-task-changes.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { readRecords } from '../../core/events/publish-records.ts';
import { type PublishReport, publishTaskEvents } from '../../core/events/publish-task-event.ts';
import { Share } from '../../core/events/share.ts';
import { limitTo } from '../limit-to.ts';
import { createPublishPorts } from '../publish-ports.ts';
import { comesAgain, logKept } from './batch-response.ts';

const Variables = Environment.pick({
  SETTINGS: true,
  STATE_TABLE: true,
  WEBHOOK_QUEUE_URL: true,
  SHARE_QUEUE_URL: true,
  CONNECTIONS_URL: true,
});
const environment = readEnvironment(Variables, process.env);
const logger = new Logger();
const ports = createPublishPorts(environment);
/** For the queue of shares, after the channels. */
const keptMs = 15_000;

/**
 * Stream trigger of the task table: sends the event of each change to WebSockets and webhooks. Records that cannot be read are put aside here for the other reader, `count-task-changes`, too.
 */
export const handler = async (
  stream: DynamoDBStreamEvent,
  context: Context,
): Promise<DynamoDBBatchResponse> => {
  const limits = limitTo(context.getRemainingTimeInMillis() - keptMs);
  const { changes, unread, error } = readRecords(stream.Records, changeFromRecord);
  if (unread.length > 0) {
    // They would fail each time, and hold up those behind them; a later version of this function may read them.
    logger.error('Stream records could not be read', { records: unread.length, error: error as Error });
    if (!(await ports.shares.put([toShare(unread)])))
      return comesAgain(stream.Records[0]?.dynamodb?.SequenceNumber);
  }
  const report = await publishTaskEvents(changes, ports, limits);
  observe(report);
  return comesAgain(report.failedFrom);
};

/** JSON alone goes into the queue; types of the SDK may be wider. */
function toShare(unread: DynamoDBRecord[]): Share {
  return Share.parse({ channel: 'records', owed: JSON.parse(JSON.stringify(unread)) });
}

function observe({ failedFrom, kept, ...counts }: PublishReport): void {
  if (counts.events > 0) logger.info('Published', counts);
  logKept(logger, kept, failedFrom);
}
