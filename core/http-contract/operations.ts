import { processStream, processSync } from './answer-operations.ts';
import { batchOperations } from './batch-operations.ts';
import { fileOperations } from './file-operations.ts';
import { openaiBatchOperations } from './openai-batch-operations.ts';
import { openaiOperations } from './openai-operations.ts';
import type { Operation } from './operation.ts';
import { pageOperations } from './page-operations.ts';
import { providerOperations } from './provider-operations.ts';
import { serviceOperations } from './service-operations.ts';
import { taskOperations } from './task-operations.ts';

/** Every operation of the HTTP API, in the order of the document. */
export const operations: readonly Operation[] = [
  ...taskOperations,
  ...batchOperations,
  processSync,
  ...providerOperations,
  ...serviceOperations,
  ...pageOperations,
];

/** Those of a deployment. */
export function operationsOf({ webSocket }: { webSocket: boolean }): readonly Operation[] {
  return operations.filter((operation) => webSocket || !operation.webSocket);
}

/** What is served at the URL of streams instead: on one machine at the same address, on AWS at one of its own. */
export const streamOperations: readonly Operation[] = [
  processStream,
  ...openaiOperations,
  ...fileOperations,
  ...openaiBatchOperations,
];
