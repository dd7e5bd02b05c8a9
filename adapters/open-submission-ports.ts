import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { TenantLimits } from '../core/tenants/tenant-limits.ts';
import { createDynamoProviderStates } from './dynamo-provider-states.ts';
import { createDynamoTable } from './dynamo-table.ts';
import { createTenantLimits } from './dynamo-tenant-limits.ts';
import { openFairQueues } from './open-fair-queues.ts';
import { openTaskStore } from './open-task-store.ts';
import { openTenantGate } from './open-tenant-gate.ts';

export interface SubmissionPortsOptions {
  taskTable: string;
  stateTable: string;
  payloadBucket: string;
  queueUrlPrefix: string;
  providers: string[];
  /** Limits of tenants by the configuration. */
  tenants: Readonly<Record<string, TenantLimits>>;
  retentionMs: number;
  hostStartedAt?: number;
}

/** What every function needs that accepts tasks: limits of tenants, tasks, queues, states of providers; `table` is that of state. */
export function openSubmissionPorts(client: DynamoDBClient, options: SubmissionPortsOptions) {
  const { providers, retentionMs, hostStartedAt = 0 } = options;
  const table = createDynamoTable({ client, tableName: options.stateTable });
  const { row, limitsOf } = createTenantLimits(options.tenants);
  const tasks = openTaskStore({
    client,
    tableName: options.taskTable,
    bucket: options.payloadBucket,
    retentionMs,
    hostStartedAt,
  });
  return {
    table,
    limitsOf,
    tasks,
    gate: openTenantGate({ table, tasks, providers, limitsOf }),
    queues: openFairQueues(table, options.queueUrlPrefix),
    states: createDynamoProviderStates({ table, providers, now: Date.now, beside: [row] }),
  };
}
