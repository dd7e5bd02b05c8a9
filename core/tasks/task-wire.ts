import * as z from 'zod';
import { type Batch, batchCounts, batchStatus } from '../batches/batch.ts';
import { requestErrorCodes, type ServiceError, taskErrorCodes } from '../service-error.ts';
import type { Delivery } from '../webhooks/deliveries.ts';
import { priorities, strategies, type Task, type TaskError, type TaskResult, taskStatuses } from './task.ts';

// The one place where tasks, batches and errors take their shape on the wire: snake_case, ISO times.

const Instant = z.iso.datetime().meta({ description: 'ISO 8601, UTC, with milliseconds' });

export const WireResult = z
  .object({
    content: z.string(),
    data: z
      .unknown()
      .optional()
      .meta({ description: 'The parsed JSON where the type or response_schema asks for JSON' }),
    finish_reason: z.string(),
    cached: z.boolean(),
    usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() }),
    cost_usd: z.number(),
    latency_ms: z.number().meta({ description: 'Of the successful provider call; 0 for a cache hit' }),
  })
  .meta({ id: 'Result' });
export type WireResult = z.infer<typeof WireResult>;

export const WireTaskError = z
  .object({
    code: z.enum(taskErrorCodes),
    message: z.string(),
    provider: z.string().nullable(),
    retryable: z.boolean(),
  })
  .meta({ id: 'TaskError' });
export type WireTaskError = z.infer<typeof WireTaskError>;

const WireRouting = z
  .object({
    strategy: z.enum(strategies),
    pinned: z.boolean(),
    ranking: z.array(
      z.object({
        provider: z.string(),
        model: z.string(),
        score: z.number(),
        reasons: z.object({
          cost_usd: z.number(),
          wait_ms: z.number(),
          latency_ms: z.number(),
          quality: z.number(),
          error_rate: z.number().optional(),
        }),
      }),
    ),
    excluded: z.array(z.object({ provider: z.string(), model: z.string().optional(), reason: z.string() })),
  })
  .meta({ id: 'Routing', description: 'Why this provider, best candidate first' });

export const WireTask = z
  .object({
    task_id: z.string(),
    batch_id: z.string().nullable(),
    type: z.string(),
    status: z.enum(taskStatuses),
    priority: z.enum(priorities),
    created_at: Instant,
    started_at: Instant.nullable(),
    completed_at: Instant.nullable(),
    attempts: z.int().min(0),
    provider: z.string(),
    model: z.string().nullable(),
    routing: WireRouting.nullable(),
    result: WireResult.nullable(),
    error: WireTaskError.nullable(),
    metadata: z.record(z.string(), z.string()),
  })
  .meta({ id: 'Task' });
export type WireTask = z.infer<typeof WireTask>;

export const WireBatch = z
  .object({
    batch_id: z.string(),
    status: z.enum(['processing', 'completed']),
    counts: z.object({
      total: z.int(),
      queued: z.int(),
      processing: z.int(),
      completed: z.int(),
      failed: z.int(),
      cancelled: z.int(),
    }),
    created_at: Instant,
    completed_at: Instant.nullable(),
  })
  .meta({ id: 'Batch' });
export type WireBatch = z.infer<typeof WireBatch>;

export const WireDelivery = z
  .object({
    event_id: z.string(),
    event_type: z.string(),
    url: z.string(),
    status: z.enum(['retrying', 'delivered', 'rejected', 'dead']),
    attempts: z.int(),
    last_attempt_at: Instant,
    last_status: z
      .int()
      .nullable()
      .meta({ description: 'HTTP status of the last answer; null: there was none' }),
    last_error: z.string().nullable(),
    next_attempt_at: Instant.nullable(),
  })
  .meta({ id: 'Delivery' });
export type WireDelivery = z.infer<typeof WireDelivery>;

export const WireProblem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(requestErrorCodes),
    request_id: z.string().optional(),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: 'The fields at fault, by JSON Pointer (RFC 6901)' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' });
export type WireProblem = z.infer<typeof WireProblem>;

export function toWireTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

const toWireTimeOrNull = (milliseconds: number | null) =>
  milliseconds === null ? null : toWireTime(milliseconds);

export function toWireResult(result: TaskResult): WireResult {
  const { promptTokens, completionTokens } = result.usage;
  return {
    content: result.content,
    ...(result.data === undefined ? {} : { data: result.data }),
    finish_reason: result.finishReason,
    cached: result.cached,
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
    cost_usd: result.costUsd,
    latency_ms: result.latencyMs,
  };
}

export function toWireTaskError({ code, message, provider, retryable }: TaskError): WireTaskError {
  return { code, message, provider, retryable };
}

export function toWireTask(task: Task): WireTask {
  return {
    task_id: task.taskId,
    batch_id: task.batchId,
    type: task.type,
    status: task.status,
    priority: task.priority,
    created_at: toWireTime(task.createdAt),
    started_at: toWireTimeOrNull(task.startedAt),
    completed_at: toWireTimeOrNull(task.completedAt),
    attempts: task.attempts,
    provider: task.provider,
    model: task.model,
    routing: task.routing,
    result: task.result && toWireResult(task.result),
    // The error of an attempt that will be repeated is the service's own business until the task ends by it.
    error: task.status === 'failed' && task.error ? toWireTaskError(task.error) : null,
    metadata: task.metadata,
  };
}

export function toWireBatch(batch: Batch): WireBatch {
  return {
    batch_id: batch.batchId,
    status: batchStatus(batch),
    counts: batchCounts(batch),
    created_at: toWireTime(batch.createdAt),
    completed_at: toWireTimeOrNull(batch.completedAt),
  };
}

export function toWireDelivery(delivery: Delivery): WireDelivery {
  return {
    event_id: delivery.eventId,
    event_type: delivery.eventType,
    url: delivery.url,
    status: delivery.status,
    attempts: delivery.attempts,
    last_attempt_at: toWireTime(delivery.lastAttemptAt),
    last_status: delivery.lastStatus,
    last_error: delivery.lastError,
    next_attempt_at: toWireTimeOrNull(delivery.nextAttemptAt),
  };
}

/** RFC 9457. `title` goes with the status, since `type` is `about:blank`: `code` says what is particular. */
export function toWireProblem(
  error: ServiceError,
  status: number,
  title: string,
  code: WireProblem['code'],
  requestId?: string,
): WireProblem {
  return {
    type: 'about:blank',
    title,
    status,
    detail: error.message,
    code,
    ...(requestId === undefined ? {} : { request_id: requestId }),
    ...(error.faults.length > 0 ? { errors: error.faults } : {}),
  };
}
