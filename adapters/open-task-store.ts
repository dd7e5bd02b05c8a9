import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { TaskStore } from '../core/tasks/task-store.ts';
import type { ReadTogether } from './dynamo-reads-together.ts';
import { createDynamoTable } from './dynamo-table.ts';
import { createDynamoTaskStore } from './dynamo-task-store.ts';
import { createLazyPayloads } from './lazy-payloads.ts';

/** The store of tasks as every function has it: rows in the table, what is too large in the bucket. */
export function openTaskStore(options: {
  client: DynamoDBClient;
  tableName: string;
  bucket: string;
  /** Milliseconds that an ended task is kept. */
  retentionMs: number;
  hostStartedAt?: number;
  together?: ReadTogether;
}): TaskStore {
  const { client, tableName, bucket, retentionMs, hostStartedAt, together } = options;
  return createDynamoTaskStore({
    table: createDynamoTable({ client, tableName, together }),
    payloads: createLazyPayloads({ bucket }),
    retentionMs,
    ...(hostStartedAt !== undefined && { hostStartedAt }),
  });
}
