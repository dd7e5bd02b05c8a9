import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { TaskStore } from '../core/tasks/task-store.ts';
import { createDynamoTable } from './dynamo-table.ts';
import { createDynamoTaskStore } from './dynamo-task-store.ts';
import { createS3Payloads } from './s3-payloads.ts';

/** The store of tasks as every function has it: rows in the table, what is too large in the bucket. */
export function openTaskStore(options: {
  client: DynamoDBClient;
  tableName: string;
  bucket: string;
  /** Milliseconds that an ended task is kept. */
  retentionMs: number;
  hostStartedAt?: number;
}): TaskStore {
  const { client, tableName, bucket, retentionMs, hostStartedAt } = options;
  return createDynamoTaskStore({
    table: createDynamoTable({ client, tableName }),
    payloads: createS3Payloads({ bucket }),
    retentionMs,
    ...(hostStartedAt !== undefined && { hostStartedAt }),
  });
}
