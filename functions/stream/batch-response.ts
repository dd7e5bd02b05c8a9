import type { Logger } from '@aws-lambda-powertools/logger';
import type { DynamoDBBatchResponse } from 'aws-lambda';
import type { KeptShare } from '../../core/events/keep-shares.ts';

/** The record with this sequence number is read again, with all after it: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html */
export function comesAgain(from: string | undefined): DynamoDBBatchResponse {
  return { batchItemFailures: from === undefined ? [] : [{ itemIdentifier: from }] };
}

export function logKept(logger: Logger, kept: readonly KeptShare[], failedFrom: string | undefined): void {
  for (const { error, ...share } of kept)
    logger.warn('A channel failed, and repeats its share by itself', { ...share, error: error as Error });
  if (failedFrom !== undefined) logger.error('Changes come again: the queue of shares failed too');
}
