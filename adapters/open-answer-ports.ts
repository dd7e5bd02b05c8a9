import { setTimeout as sleep } from 'node:timers/promises';
import type { AnswerTaskPorts } from '../core/answers/answer-task.ts';
import type { ProviderStates } from '../core/providers/provider-states.ts';
import type { TaskStore } from '../core/tasks/task-store.ts';
import type { LimitsOf, TenantLimits } from '../core/tenants/tenant-limits.ts';
import { createDynamoDeltaLog } from './dynamo-delta-log.ts';
import { createDynamoIdempotencyKeys } from './dynamo-idempotency-keys.ts';
import { createDynamoProviderStates } from './dynamo-provider-states.ts';
import { createDynamoRepeats } from './dynamo-repeats.ts';
import { createDynamoResultCache } from './dynamo-result-cache.ts';
import { createDynamoClient, createDynamoTable } from './dynamo-table.ts';
import { createTenantLimits } from './dynamo-tenant-limits.ts';
import { createLambdaDirectCalls } from './lambda-direct-calls.ts';
import { openFairQueues } from './open-fair-queues.ts';
import { openTaskStore } from './open-task-store.ts';
import { openTenantGate } from './open-tenant-gate.ts';

export interface AnswerPortsOptions {
  taskTable: string;
  stateTable: string;
  payloadBucket: string;
  queueUrlPrefix: string;
  /** Name of a worker's function without its provider. */
  workerFunctionPrefix: string;
  providers: string[];
  /** Limits of tenants by the configuration. */
  tenants: Readonly<Record<string, TenantLimits>>;
  retentionMs: number;
  hostStartedAt: number;
  onError: (error: unknown) => void;
}

/** What functions need whose callers wait for answers. */
export function openAnswerPorts(
  options: AnswerPortsOptions,
): AnswerTaskPorts & { tasks: TaskStore; states: ProviderStates; limitsOf: LimitsOf } {
  const { hostStartedAt, onError } = options;
  const client = createDynamoClient();
  const table = createDynamoTable({ client, tableName: options.stateTable });
  const { row, limitsOf } = createTenantLimits(options.tenants);
  const tasks = openTaskStore({
    client,
    tableName: options.taskTable,
    bucket: options.payloadBucket,
    retentionMs: options.retentionMs,
    hostStartedAt,
  });
  return {
    limitsOf,
    gate: openTenantGate({ ...options, table, tasks, limitsOf }),
    tasks,
    queues: openFairQueues(table, options.queueUrlPrefix),
    states: createDynamoProviderStates({
      table,
      providers: options.providers,
      now: Date.now,
      beside: [row],
    }),
    cache: createDynamoResultCache({ table }),
    keys: createDynamoIdempotencyKeys({ table }),
    deltas: createDynamoDeltaLog({ table, retentionMs: options.retentionMs, now: Date.now }),
    repeats: createDynamoRepeats({ table }),
    directCalls: createLambdaDirectCalls({ functionPrefix: options.workerFunctionPrefix, onError }),
    clock: Date.now,
    sleep,
    hostStartedAt,
    onError,
  };
}
