import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, FilterRule, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';

/**
 * Hands the changes of tasks and batches to the publisher, as long as the stream keeps them: 24 hours. What a channel does
 * not take the publisher puts aside by itself, so a batch fails only where the function cannot run, or its queue of shares
 * fails too; then it is right to wait. `failures` gets an account of what Lambda gives up all the same.
 */
export function addTaskChanges(
  publisher: IFunction,
  taskTable: Table,
  failures: Queue,
  executionsPerShard: number,
): void {
  publisher.addEventSource(
    new DynamoEventSource(taskTable, {
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      parallelizationFactor: executionsPerShard,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: -1,
      onFailure: new SqsDlq(failures),
      filters: [
        FilterCriteria.filter({
          dynamodb: { NewImage: { kind: { S: FilterRule.or('task', 'batch') } } },
        }),
      ],
    }),
  );
}
