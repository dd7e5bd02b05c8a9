import type * as z from 'zod';
import type { Task, TaskError } from '../core/tasks/task.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import { writeRouting } from './packed-routing.ts';
import { parseItem } from './parse-item.ts';
import { writeResult } from './stored-result.ts';
import { writeTimeline } from './stored-timeline.ts';
import { metaKey, TaskRow, taskKind } from './task-rows.ts';

/** Attributes that put an open task into its index, by deadline. No status change touches another index. */
export function openAttributes(task: Pick<Task, 'tenant' | 'taskId' | 'deadlineAt' | 'provider'>) {
  const open_sk = `${sortableTime(task.deadlineAt)}#${task.tenant}#${task.taskId}`;
  return { open_pk: task.provider, open_sk } satisfies Partial<TaskRow>;
}

export function sortableTime(milliseconds: number): string {
  return String(milliseconds).padStart(15, '0');
}

/** The deadline in the sort key of an open task. */
export function deadlineOf(openSortKey: string): number {
  return Number.parseInt(openSortKey, 10);
}

export function writeError(error: TaskError): string {
  return JSON.stringify(error);
}

/** The META row of a new task, without what is null: a row under 1 KB costs one write unit a change. */
export function taskToItem(task: Task, open: boolean): TaskRow & ItemKey {
  return withoutNulls<TaskRow & ItemKey>({
    ...metaKey(task),
    kind: taskKind,
    tenant: task.tenant,
    task_id: task.taskId,
    batch_id: task.batchId,
    batch_index: task.batchIndex,
    type: task.type,
    status: task.status,
    last_event: task.lastEvent,
    version: task.version,
    priority: task.priority,
    created_at: task.createdAt,
    started_at: task.startedAt,
    completed_at: task.completedAt,
    changed_at: task.changedAt ?? task.createdAt,
    deadline_at: task.deadlineAt,
    attempts: task.attempts,
    provider_attempts: task.providerAttempts,
    hops: task.failovers,
    revision: task.revision || null,
    not_before: task.notBefore,
    timeline: task.timeline.length > 0 ? writeTimeline(task.timeline).text : null,
    earlier_cost_usd: task.earlierCostUsd,
    waited_for: task.waitedFor,
    provider: task.provider,
    model: task.model,
    routing: task.routing && writeRouting(task.routing),
    config: JSON.stringify(task.config),
    estimated_tokens: task.estimatedTokens,
    reserved_usd: task.reservedUsd,
    cache_key: task.cacheKey,
    result: task.result && writeResult(task.result),
    result_key: task.resultKey,
    error: task.error && writeError(task.error),
    metadata: Object.keys(task.metadata).length > 0 ? JSON.stringify(task.metadata) : null,
    callback_url: task.callbackUrl,
    callback_events: task.callbackEvents && JSON.stringify(task.callbackEvents),
    list_pk: task.tenant,
    list_sk: `${new Date(task.createdAt).toISOString()}#${task.taskId}`,
    ...(task.batchId && {
      batch_pk: `${task.tenant}#${task.batchId}`,
      batch_sk: String(task.batchIndex ?? 0).padStart(6, '0'),
    }),
    ...(open && openAttributes(task)),
  });
}

export function parseTaskRow(item: Item | undefined): z.output<typeof TaskRow> {
  return parseItem('The row of a task', TaskRow, item);
}

/** A task from its META row or from the row's image in a stream record. */
export function taskFromItem(item: Item | undefined): Task {
  return taskFromRow(parseTaskRow(item));
}

export function taskFromRow(row: z.output<typeof TaskRow>): Task {
  return {
    tenant: row.tenant,
    taskId: row.task_id,
    batchId: row.batch_id ?? null,
    batchIndex: row.batch_index ?? null,
    type: row.type,
    status: row.status,
    lastEvent: row.last_event,
    version: row.version,
    priority: row.priority,
    createdAt: row.created_at,
    startedAt: row.started_at ?? null,
    completedAt: row.completed_at ?? null,
    changedAt: row.changed_at,
    deadlineAt: row.deadline_at,
    attempts: row.attempts,
    providerAttempts: row.provider_attempts,
    failovers: row.hops,
    revision: row.revision ?? 0,
    notBefore: row.not_before ?? null,
    ...(row.status === 'processing' && { leaseUntil: row.lease_until }),
    ...(row.status === 'processing' && row.unqueued && { unqueued: true }),
    ...(row.listened && { listened: true }),
    timeline: row.timeline ?? [],
    ...(row.earlier_cost_usd !== undefined && { earlierCostUsd: row.earlier_cost_usd }),
    ...(row.waited_for && { waitedFor: row.waited_for }),
    provider: row.provider,
    model: row.model,
    routing: row.routing ?? null,
    config: row.config,
    estimatedTokens: row.estimated_tokens,
    ...(row.reserved_usd !== undefined && { reservedUsd: row.reserved_usd }),
    cacheKey: row.cache_key ?? null,
    result: row.result ?? null,
    resultKey: row.result_key ?? null,
    error: row.error ?? null,
    metadata: row.metadata ?? {},
    callbackUrl: row.callback_url ?? null,
    callbackEvents: row.callback_events ?? null,
  };
}

function withoutNulls<T extends object>(item: { [Name in keyof T]: T[Name] | null }): T {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value != null)) as T;
}
