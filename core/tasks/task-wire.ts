import * as z from 'zod';
import { listMeanings } from '../http-contract/list-meanings.ts';
import { type TaskErrorCode, taskErrorCodes } from '../service-error.ts';
import { toWireTime, toWireTimeOrNull, WireTime } from '../wire-time.ts';
import { costOf, priorities, strategies, type TaskError, type TaskResult, taskStatuses } from './task.ts';
import type { TaskPart } from './task-request.ts';
import type { ListedTask } from './task-store.ts';
import { toWireTimeline, WireAttempt } from './timeline-wire.ts';
import { toWireUsage, WireUsage } from './usage-wire.ts';

// Tasks as callers see them: snake_case names, ISO times.

export const WireResult = z
  .object({
    content: z.string().meta({ description: "The model's answer as text" }),
    data: z
      .unknown()
      .optional()
      .meta({
        description:
          'The parsed JSON where the type or `response_schema` asks for JSON, and satisfies its schema; ' +
          'absent otherwise',
      }),
    repairs: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .optional()
      .meta({
        description:
          "What the service put right in the model's answer, each with its place in `data` (a JSON Pointer, '' for the whole); " +
          'absent where `data` is what the model wrote',
      }),
    finish_reason: z.string().meta({
      description:
        'Why the model stopped: `stop`, `length` (cut off), `tool_calls`, or a word of its provider that ' +
        'means none of these',
    }),
    cached: z.boolean().meta({ description: 'Taken from an equal earlier task; no provider was called' }),
    usage: WireUsage.meta({
      description:
        "Tokens as the provider counted them, else estimated; of a cached result, the earlier task's",
    }),
    cost_usd: z.number().meta({ description: 'At the prices of `GET /api/v1/providers`; 0 for a cache hit' }),
    latency_ms: z.number().meta({ description: 'Of the successful provider call; 0 for a cache hit' }),
  })
  .meta({ id: 'Result' });
export type WireResult = z.infer<typeof WireResult>;

const codeMeanings: Record<TaskErrorCode, string> = {
  provider_error: 'the provider failed, or refused the request',
  provider_auth: "the provider did not accept the service's key",
  provider_quota: 'the balance or quota at the provider is used up',
  content_filtered: "the provider's content filter refused the request or the answer",
  invalid_output: 'the answer did not satisfy the schema, nor did a second one',
  timeout: 'the time of `config.timeout` ended first',
  retries_exhausted: 'every attempt allowed failed for a reason that may pass',
  no_provider_available: 'reserved: no task ends by it yet',
  internal: 'a fault of the service',
};

export const WireTaskError = z
  .object({
    code: z.enum(taskErrorCodes).meta({ description: listMeanings(codeMeanings) }),
    message: z.string().meta({ description: 'For people; its words may change' }),
    provider: z.string().nullable().meta({ description: 'The provider that failed; null: none had a part' }),
    retryable: z
      .boolean()
      .meta({ description: 'Whether the same task may succeed when it is submitted again' }),
    answer: z.string().optional().meta({
      description: 'With `invalid_output`: what the model wrote, its first 2,000 characters',
    }),
  })
  .meta({ id: 'TaskError' });
export type WireTaskError = z.infer<typeof WireTaskError>;

const WireCandidate = z.object({
  provider: z.string(),
  model: z.string(),
  score: z.number().meta({ description: '0 (worst) to 1 (best), by the strategy' }),
  reasons: z.object({
    cost_usd: z.number().meta({ description: 'Estimated cost of the task' }),
    wait_ms: z.number().meta({ description: "Estimated wait in the provider's queues" }),
    latency_ms: z.number().meta({ description: 'Expected duration of the call' }),
    quality: z.number().meta({ description: '0 to 1, from the catalogue' }),
    error_rate: z.number().optional().meta({ description: 'Share of recent calls that failed' }),
  }),
});

const WireRouting = z
  .object({
    strategy: z.enum(strategies),
    pinned: z.boolean().meta({ description: '`config.provider` or `config.model` made the choice' }),
    ranking: z.array(WireCandidate).meta({
      description: 'Best candidate first, one model a provider; failover goes along it',
    }),
    excluded: z
      .array(z.object({ provider: z.string(), model: z.string().optional(), reason: z.string() }))
      .meta({
        description:
          'Left out, all models of a provider where none is named. Reasons: `circuit_open` (it fails at ' +
          'present), `context_too_small`, `temperature_refused`',
      }),
  })
  .meta({ id: 'Routing', description: 'Why this provider, as decided when the task was accepted' });

export const WireTask = z
  .object({
    task_id: z.string().meta({ description: '`task_<uuid>`' }),
    batch_id: z.string().nullable().meta({ description: 'The batch it came with; null: none' }),
    type: z.string(),
    status: z.enum(taskStatuses).meta({
      description: '`completed`, `failed` and `cancelled` are final and never change',
    }),
    priority: z.enum(priorities),
    created_at: WireTime.meta({ description: 'When it was accepted' }),
    started_at: WireTime.nullable().meta({ description: 'When its first attempt began; null before' }),
    completed_at: WireTime.nullable().meta({ description: 'When it ended, in whichever way; null before' }),
    attempts: z.int().min(0).meta({ description: 'Attempts begun, over all providers; 0 for a cache hit' }),
    provider: z.string().meta({
      description: 'Where it waits or runs; of an ended task, the provider that ended it',
    }),
    model: z.string().nullable().meta({ description: 'The model that is asked' }),
    routing: WireRouting.nullable(),
    cost_usd: z.number().meta({
      description:
        'What its attempts cost that have ended, whatever came of them; `result.cost_usd` is that of the last alone. ' +
        'What a call used that was cut off is estimated',
    }),
    result: WireResult.nullable().meta({
      description: 'Null unless the task is completed, and where it was left out or is gone',
    }),
    result_omitted: z.literal(true).optional().meta({
      description: 'The answer would be too large with `result`; in a list: read the task by itself',
    }),
    error: WireTaskError.nullable().meta({
      description: 'Null unless the task failed; the error of an attempt that is repeated is not shown',
    }),
    metadata: z.record(z.string(), z.string()).meta({ description: 'As it was submitted' }),
    timeline: z.array(WireAttempt).optional().meta({
      description: 'With `?include=timeline` alone: its attempts that ended, the oldest first, the last ten',
    }),
  })
  .meta({ id: 'Task' });
export type WireTask = z.infer<typeof WireTask>;

export function toWireResult(result: TaskResult): WireResult {
  return {
    content: result.content,
    ...(result.data === undefined ? {} : { data: result.data }),
    ...(result.repairs && { repairs: result.repairs }),
    finish_reason: result.finishReason,
    cached: result.cached,
    usage: toWireUsage(result.usage),
    cost_usd: result.costUsd,
    latency_ms: result.latencyMs,
  };
}

export function toWireTaskError({ code, message, provider, retryable, answer }: TaskError): WireTaskError {
  return { code, message, provider, retryable, ...(answer !== undefined && { answer }) };
}

export function toWireTask(task: ListedTask): WireTask {
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
    cost_usd: costOf(task),
    result: task.result && toWireResult(task.result),
    ...(task.resultOmitted && { result_omitted: true as const }),
    // The error of an attempt that will be repeated is not shown: the task has not ended by it.
    error: task.status === 'failed' && task.error ? toWireTaskError(task.error) : null,
    metadata: task.metadata,
  };
}

/** The task as `?include=…` asks for it. */
export function toWireTaskWith(task: ListedTask, include: TaskPart | undefined): WireTask {
  return include === 'timeline' ? { ...toWireTask(task), timeline: toWireTimeline(task) } : toWireTask(task);
}
