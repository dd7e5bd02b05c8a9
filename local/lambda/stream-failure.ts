// What Lambda puts into the failure destination of a stream mapping: where the records are, not the records.
// https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
import { randomUUID } from 'node:crypto';
import type { Value } from '../template/cloud-assembly.ts';

export type FailureCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

/** @param records at least one, in the order of the stream */
export function streamFailure(
  records: readonly Value[],
  functionArn: string,
  condition: FailureCondition,
  invocations: number,
): object {
  const [first, last] = [records[0], records.at(-1)];
  return {
    requestContext: {
      requestId: randomUUID(),
      functionArn,
      condition,
      approximateInvokeCount: invocations,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: {
      shardId: 'shardId-local',
      startSequenceNumber: first.dynamodb.SequenceNumber,
      endSequenceNumber: last.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: arrivalOf(first),
      approximateArrivalOfLastRecord: arrivalOf(last),
      batchSize: records.length,
      streamArn: first.eventSourceARN,
    },
  };
}

const arrivalOf = (record: Value) =>
  new Date(record.dynamodb.ApproximateCreationDateTime * 1000).toISOString();
