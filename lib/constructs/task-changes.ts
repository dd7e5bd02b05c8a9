import type { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, FilterRule, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';

/** How one of the two readers that a stream has room for reads it. */
export interface ChangeReader {
  executionsPerShard: number;
  /** Changes are waited for so long, to be handed over together. */
  window?: Duration;
  batchSize: number;
}

/**
 * Hands changes to a function for as long as the stream keeps them: 24 hours. What a channel does not take the function
 * puts aside by itself, so a batch fails only where it cannot run, or its queue of shares fails too; then it is right to
 * wait. `failures` gets an account of what Lambda gives up all the same.
 */
export function addTaskChanges(
  reader: IFunction,
  taskTable: Table,
  failures: Queue,
  { executionsPerShard, window, batchSize }: ChangeReader,
): void {
  reader.addEventSource(
    new DynamoEventSource(taskTable, {
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize,
      ...(window && { maxBatchingWindow: window }),
      parallelizationFactor: executionsPerShard,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: -1,
      onFailure: new SqsDlq(failures),
      filters: [
        FilterCriteria.filter({ dynamodb: { NewImage: { kind: { S: FilterRule.or('task', 'batch') } } } }),
      ],
    }),
  );
}
