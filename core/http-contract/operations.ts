import { batchOperations } from './batch-operations.ts';
import type { Operation } from './operation.ts';
import { providerOperations } from './provider-operations.ts';
import { serviceOperations } from './service-operations.ts';
import { taskOperations } from './task-operations.ts';

/** Every operation of the HTTP API, in the order of the document. */
export const operations: readonly Operation[] = [
  ...taskOperations,
  ...batchOperations,
  ...providerOperations,
  ...serviceOperations,
];
