import type { RoutingCandidate, RoutingDecision, Task, TaskKey } from '../core/tasks/task.ts';
import type { Item, ItemKey } from './dynamo-table.ts';

export const taskKind = 'task';

export function metaKey(key: TaskKey): ItemKey {
  return { pk: `${key.tenant}#${key.taskId}`, sk: 'META' };
}

export function inputKey(key: TaskKey): ItemKey {
  return { pk: `${key.tenant}#${key.taskId}`, sk: 'INPUT' };
}

/** Sorts by deadline and names the task: the sort key of the index `open`. */
function openSortKey(task: Pick<Task, 'tenant' | 'taskId' | 'deadlineAt'>): string {
  return `${sortableTime(task.deadlineAt)}#${task.tenant}#${task.taskId}`;
}

export function sortableTime(milliseconds: number): string {
  return String(milliseconds).padStart(15, '0');
}

/** Attributes that put an open task into its indexes; a status change touches none of the other two. */
export function openAttributes(task: Task): Item {
  return { open_pk: task.provider, open_sk: openSortKey(task) };
}

/** The META row of a new task. Members that are null are left out: a row under 1 KB costs one write unit a change. */
export function taskToItem(task: Task, open: boolean): Item {
  return withoutNulls({
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
    provider: task.provider,
    model: task.model,
    routing: task.routing && JSON.stringify(packRouting(task.routing)),
    config: JSON.stringify(task.config),
    estimated_tokens: task.estimatedTokens,
    cache_key: task.cacheKey,
    result: task.result && JSON.stringify(task.result),
    result_key: task.resultKey,
    error: task.error && JSON.stringify(task.error),
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

/** A task from its META row or from the row's image in a stream record. */
export function taskFromItem(item: Item): Task {
  return {
    tenant: item.tenant as string,
    taskId: item.task_id as string,
    batchId: (item.batch_id as string) ?? null,
    batchIndex: (item.batch_index as number) ?? null,
    type: item.type as string,
    status: item.status as Task['status'],
    lastEvent: item.last_event as Task['lastEvent'],
    version: item.version as number,
    priority: item.priority as Task['priority'],
    createdAt: item.created_at as number,
    startedAt: (item.started_at as number) ?? null,
    completedAt: (item.completed_at as number) ?? null,
    changedAt: item.changed_at as number | undefined,
    deadlineAt: item.deadline_at as number,
    attempts: item.attempts as number,
    providerAttempts: item.provider_attempts as number,
    failovers: item.hops as number,
    provider: item.provider as string,
    model: (item.model as string) ?? null,
    routing: item.routing ? unpackRouting(JSON.parse(item.routing as string)) : null,
    config: JSON.parse(item.config as string),
    estimatedTokens: item.estimated_tokens as number,
    cacheKey: (item.cache_key as string) ?? null,
    result: parsed(item.result),
    resultKey: (item.result_key as string) ?? null,
    error: parsed(item.error),
    metadata: parsed(item.metadata) ?? {},
    callbackUrl: (item.callback_url as string) ?? null,
    callbackEvents: parsed(item.callback_events),
  };
}

function parsed<T>(text: unknown): T | null {
  return typeof text === 'string' ? (JSON.parse(text) as T) : null;
}

function withoutNulls(item: Item): Item {
  return Object.fromEntries(
    Object.entries(item).filter(([, value]) => value !== null && value !== undefined),
  );
}

/** Five candidates as tuples: the names of their members would double the row. */
type PackedRouting = [
  strategy: RoutingDecision['strategy'],
  pinned: 0 | 1,
  ranking: [
    provider: string,
    model: string,
    score: number,
    cost: number,
    wait: number,
    latency: number,
    quality: number,
    errorRate: number,
  ][],
  excluded: RoutingDecision['excluded'],
];

const keptCandidates = 5;

function packRouting({ strategy, pinned, ranking, excluded }: RoutingDecision): PackedRouting {
  const tuple = ({ provider, model, score, reasons }: RoutingCandidate) =>
    [
      provider,
      model,
      Number(score.toFixed(3)),
      Number(reasons.cost_usd.toPrecision(3)),
      Math.round(reasons.wait_ms),
      Math.round(reasons.latency_ms),
      reasons.quality,
      Number((reasons.error_rate ?? 0).toPrecision(2)),
    ] as PackedRouting[2][number];
  return [strategy, pinned ? 1 : 0, ranking.slice(0, keptCandidates).map(tuple), excluded];
}

function unpackRouting([strategy, pinned, ranking, excluded]: PackedRouting): RoutingDecision {
  return {
    strategy,
    pinned: pinned === 1,
    ranking: ranking.map(([provider, model, score, cost_usd, wait_ms, latency_ms, quality, error_rate]) => ({
      provider,
      model,
      score,
      reasons: { cost_usd, wait_ms, latency_ms, quality, error_rate },
    })),
    excluded,
  };
}
