import type { Operation } from './operation.ts';
import { serviceOperations } from './service-operations.ts';
import { taskOperations } from './task-operations.ts';

/** Every operation that is built. */
export const operations: readonly Operation[] = [...taskOperations, ...serviceOperations];
