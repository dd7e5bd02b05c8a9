import * as z from 'zod';
import { taskErrorCodes } from '../core/service-error.ts';
import {
  priorities,
  type ResponseOrigin,
  strategies,
  type TaskConfig,
  type TaskError,
  type TaskInput,
  type TaskKey,
  taskEventTypes,
  taskStatuses,
  waitReasons,
} from '../core/tasks/task.ts';
import type { ItemKey } from './dynamo-item.ts';
import { StoredRouting } from './packed-routing.ts';
import { jsonText, type Members } from './parse-item.ts';
import { StoredResult } from './stored-result.ts';
import { TextRow } from './stored-text.ts';
import { StoredTimeline } from './stored-timeline.ts';

export const taskKind = 'task';

export function metaKey(key: TaskKey): ItemKey {
  return { pk: `${key.tenant}#${key.taskId}`, sk: 'META' };
}

export function inputKey(key: TaskKey): ItemKey {
  return { pk: `${key.tenant}#${key.taskId}`, sk: 'INPUT' };
}

const StoredConfig = jsonText(
  z.object({
    cacheEnabled: z.boolean().optional(),
    maxRetries: z.number(),
    provider: z.string().optional(),
    model: z.string().optional(),
    failover: z.boolean(),
    strategy: z.enum(strategies),
    temperature: z.number().optional(),
    maxTokens: z.number().optional(),
    stream: z.enum(['restarts', 'kept', 'once']).optional(),
  } satisfies Members<TaskConfig>),
);

const StoredError = jsonText(
  z.object({
    code: z.enum(taskErrorCodes),
    message: z.string(),
    provider: z.string().nullable(),
    retryable: z.boolean(),
    answer: z.string().optional(),
  } satisfies Members<TaskError>),
);

/**
 * META: all of a task that changes. Times are epoch milliseconds, `ttl` is in seconds. The attributes `…_pk`
 * and `…_sk` are the keys of its indexes.
 */
export const TaskRow = z.object({
  kind: z.literal(taskKind),
  tenant: z.string(),
  task_id: z.string(),
  batch_id: z.string().optional(),
  batch_index: z.number().optional(),
  type: z.string(),
  status: z.enum(taskStatuses),
  last_event: z.enum(taskEventTypes),
  version: z.int(),
  priority: z.enum(priorities),
  created_at: z.number(),
  started_at: z.number().optional(),
  completed_at: z.number().optional(),
  changed_at: z.number().optional(),
  deadline_at: z.number(),
  /** The lease of its worker: until when it holds, and when it was taken. */
  lease_until: z.number().optional(),
  lease_from: z.number().optional(),
  /** The claim that the lease belongs to. */
  claimed_by: z.string().optional(),
  /** No message stands for it. */
  unqueued: z.boolean().optional(),
  /** Somebody reads its answer as it is written. */
  listened: z.boolean().optional(),
  attempts: z.number(),
  provider_attempts: z.number(),
  revision: z.number().optional(),
  not_before: z.number().optional(),
  timeline: StoredTimeline.optional(),
  /** Of the attempts that the timeline has no room for. */
  earlier_cost_usd: z.number().optional(),
  /** Of a task that another's call ended. */
  waited_for: z.enum(waitReasons).optional(),
  /** Failovers. */
  hops: z.number(),
  provider: z.string(),
  model: z.string(),
  routing: StoredRouting.optional(),
  config: StoredConfig,
  estimated_tokens: z.number(),
  /** From its tenant's budget. */
  reserved_usd: z.number().optional(),
  cache_key: z.string().optional(),
  result: StoredResult.optional(),
  result_key: z.string().optional(),
  error: StoredError.optional(),
  metadata: jsonText(z.record(z.string(), z.string())).optional(),
  callback_url: z.string().optional(),
  callback_events: jsonText(z.array(z.enum(taskEventTypes))).optional(),
  /** Of the request that made it, where an Idempotency-Key named it. */
  request_hash: z.string().optional(),
  /** Of the one try that made it. */
  made_by: z.string().optional(),
  list_pk: z.string(),
  list_sk: z.string(),
  batch_pk: z.string().optional(),
  batch_sk: z.string().optional(),
  open_pk: z.string().optional(),
  open_sk: z.string().optional(),
  ttl: z.number().optional(),
});
/** As it is stored; `z.output` is what a reader gets. */
export type TaskRow = z.input<typeof TaskRow>;

const StoredParameters = z.record(z.string(), z.unknown());

/** A TaskInput as JSON text, in its row or in the bucket. */
export const StoredInput = jsonText(
  z.object({
    prompt: z.string().nullable(),
    data: z.unknown().optional(),
    responseSchema: z.unknown().optional(),
    chat: z
      .object({ messages: z.array(z.looseObject({ role: z.string() })), parameters: StoredParameters })
      .optional(),
    response: z
      .object({
        from: z.number(),
        instructed: z.boolean(),
        request: StoredParameters,
      } satisfies Members<ResponseOrigin>)
      .optional(),
    embedding: z.object({ input: z.unknown(), parameters: StoredParameters }).optional(),
  } satisfies Members<TaskInput>),
);

/** INPUT: written once. */
export const InputRow = TextRow.extend({ ttl: z.number().optional() });
export type InputRow = z.input<typeof InputRow>;

/** What an index holds of a task: keys. */
export const IndexRow = z.object({ pk: z.string(), sk: z.string() });
export const OpenIndexRow = IndexRow.extend({ open_pk: z.string(), open_sk: z.string() });
