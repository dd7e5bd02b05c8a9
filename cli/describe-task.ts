import { exactJson } from '../client/exact-json.ts';
import type { Task } from '../client/wire.ts';
import { table, usd } from './output.ts';

/** The answer of a task that ended, or why there is none. */
export function describeAnswer(task: Task): string {
  if (task.error) return `${task.status}: ${task.error.message} (${task.error.code})`;
  if (!task.result) return task.status;
  return task.result.data === undefined
    ? task.result.content
    : exactJson.stringify(task.result.data, null, 2);
}

/** Everything that one wants to know of a task. */
export function describeTask(task: Task): string {
  const { result } = task;
  const facts: [string, string][] = [
    ['task', task.task_id],
    ['status', task.status],
    ['type', task.type],
    ['priority', task.priority],
    ['provider', [task.provider, task.model].filter(Boolean).join(' / ')],
    ['attempts', `${task.attempts}, which cost ${usd(task.cost_usd)}`],
    ['created', task.created_at],
    ['started', task.started_at ?? '–'],
    ['ended', task.completed_at ?? '–'],
  ];
  if (result)
    facts.push([
      'used',
      `${result.usage.total_tokens} tokens, ${usd(result.cost_usd)}, ${result.cached ? 'from the cache' : `${result.latency_ms} ms`}`,
    ]);
  const attempts = (task.timeline ?? []).map((each) => [
    String(each.attempt),
    each.provider,
    each.model,
    each.waited_for ?? '–',
    each.started_at,
    each.ended_at,
    each.code ? `${each.outcome} (${each.code})` : each.outcome,
  ]);
  const timeline = [
    ['attempt', 'provider', 'model', 'waited for', 'started', 'ended', 'outcome'],
    ...attempts,
  ];
  return [
    ...facts.map(([name, value]) => `${name.padEnd(9)} ${value}`),
    ...(task.timeline ? ['', table(timeline)] : []),
    ...(result || task.error ? ['', describeAnswer(task)] : []),
  ].join('\n');
}
