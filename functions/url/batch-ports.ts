import { createDynamoOpenaiBatchStore } from '../../adapters/dynamo-openai-batch-store.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { createLambdaBatchStarter } from '../../adapters/lambda-batch-starter.ts';
import type { BatchStarter, OpenaiBatchStore } from '../../core/openai-batches/openai-batch-store.ts';
import type { UrlService } from './url-route.ts';

export interface BatchPorts {
  batches: OpenaiBatchStore;
  starter: BatchStarter;
}

let ports: BatchPorts | undefined;

/** What routes of batches need, made when the first of them is asked for. */
export function batchPortsOf({
  environment: { TASK_TABLE, BATCH_FUNCTION },
  settings: { retentionMs },
  ports: { onError },
}: Pick<UrlService, 'environment' | 'settings' | 'ports'>): BatchPorts {
  ports ??= {
    batches: createDynamoOpenaiBatchStore({
      table: createDynamoTable({ client: createDynamoClient(), tableName: TASK_TABLE }),
      retentionMs,
    }),
    starter: createLambdaBatchStarter({ functionName: BATCH_FUNCTION, onError }),
  };
  return ports;
}
