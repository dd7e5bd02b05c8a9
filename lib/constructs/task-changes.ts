import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, FilterRule, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';

/**
 * Hands the changes of tasks and batches to the publisher. A record that fails 3 more times, or for five
 * minutes, goes to `failures`, so that it does not hold up others for long.
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
      retryAttempts: 3,
      maxRecordAge: Duration.minutes(5),
      onFailure: new SqsDlq(failures),
      filters: [
        FilterCriteria.filter({
          dynamodb: { NewImage: { kind: { S: FilterRule.or('task', 'batch') } } },
        }),
      ],
    }),
  );
}
