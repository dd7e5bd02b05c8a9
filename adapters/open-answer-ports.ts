import { setTimeout as sleep } from 'node:timers/promises';
import type { AnswerTaskPorts } from '../core/answers/answer-task.ts';
import type { ProviderStates } from '../core/providers/provider-states.ts';
import type { TaskStore } from '../core/tasks/task-store.ts';
import type { LimitsOf } from '../core/tenants/tenant-limits.ts';
import { createDynamoDeltaLog } from './dynamo-delta-log.ts';
import { createDynamoIdempotencyKeys } from './dynamo-idempotency-keys.ts';
import { createDynamoRepeats } from './dynamo-repeats.ts';
import { createDynamoResultCache } from './dynamo-result-cache.ts';
import { createDynamoClient } from './dynamo-table.ts';
import { createLambdaDirectCalls } from './lambda-direct-calls.ts';
import { openSubmissionPorts, type SubmissionPortsOptions } from './open-submission-ports.ts';

export interface AnswerPortsOptions extends SubmissionPortsOptions {
  /** Name of a worker's function without its provider. */
  workerFunctionPrefix: string;
  hostStartedAt: number;
  onError: (error: unknown) => void;
}

/** What functions need whose callers wait for answers. */
export function openAnswerPorts(
  options: AnswerPortsOptions,
): AnswerTaskPorts & { tasks: TaskStore; states: ProviderStates; limitsOf: LimitsOf } {
  const { hostStartedAt, onError } = options;
  const { table, ...submissions } = openSubmissionPorts(createDynamoClient(), options);
  return {
    ...submissions,
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
