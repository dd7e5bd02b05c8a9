import type { Logger } from '@aws-lambda-powertools/logger';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

/**
 * Handles the records of a batch at the same time and reports those that come back: where `handle` threw or
 * answered false. The others are deleted by Lambda ("Reporting batch item failures",
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html).
 */
export async function reportFailedRecords(
  event: SQSEvent,
  logger: Logger,
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler may answer nothing
  handle: (record: SQSRecord) => Promise<boolean | void>,
): Promise<SQSBatchResponse> {
  const outcomes = await Promise.allSettled(event.Records.map(handle));
  const failed = event.Records.filter((record, index) => {
    const outcome = outcomes[index] as PromiseSettledResult<boolean | undefined>;
    if (outcome.status === 'fulfilled') return outcome.value === false;
    logger.error('A message could not be handled', {
      message_id: record.messageId,
      error: outcome.reason as Error,
    });
    return true;
  });
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
