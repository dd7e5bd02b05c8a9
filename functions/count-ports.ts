import { createDynamoBatchProgress } from '../adapters/dynamo-batch-progress.ts';
import { createDynamoBudgets } from '../adapters/dynamo-budgets.ts';
import { createDynamoCounters } from '../adapters/dynamo-counters.ts';
import { createDynamoClient, createDynamoTable } from '../adapters/dynamo-table.ts';
import { createEventBridgeEventBus } from '../adapters/eventbridge-event-bus.ts';
import { readDeployed } from '../config/deployed.ts';
import type { Environment } from '../config/environment.ts';
import { listTaskTypeNames } from '../config/task-type-names.ts';
import type { CountOptions, CountPorts } from '../core/events/count-task-changes.ts';
import { listModelNames } from '../core/statistics/model-names.ts';

/** Variables of a function that counts changes. */
export type CountEnvironment = Pick<Environment, 'SETTINGS' | 'TASK_TABLE' | 'STATE_TABLE' | 'EVENT_BUS'>;

/** Ports of a function that counts changes, but the queue of shares. */
export function createCountPorts(environment: CountEnvironment): {
  ports: Omit<CountPorts, 'shares'>;
  options: CountOptions;
} {
  const { providers, ownTypes } = readDeployed();
  const client = createDynamoClient();
  const tasks = createDynamoTable({ client, tableName: environment.TASK_TABLE });
  const state = createDynamoTable({ client, tableName: environment.STATE_TABLE });
  return {
    ports: {
      batches: createDynamoBatchProgress({ table: tasks, retentionMs: environment.SETTINGS.retentionMs }),
      budgets: createDynamoBudgets({ table: state }),
      counters: createDynamoCounters({ table: state }),
      bus: createEventBridgeEventBus({ busName: environment.EVENT_BUS }),
    },
    options: {
      taskTypes: new Set(listTaskTypeNames(ownTypes)),
      models: listModelNames(providers),
      busEvents: new Set(environment.SETTINGS.busEvents),
    },
  };
}
