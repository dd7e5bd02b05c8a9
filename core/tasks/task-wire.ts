import * as z from 'zod';
import { taskErrorCodes } from '../service-error.ts';
import { toWireTime, toWireTimeOrNull, WireTime } from '../wire-time.ts';
import { priorities, strategies, type Task, type TaskError, type TaskResult, taskStatuses } from './task.ts';

// The one place where tasks take their shape on the wire: snake_case, ISO times.

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
    created_at: WireTime,
    started_at: WireTime.nullable(),
    completed_at: WireTime.nullable(),
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
