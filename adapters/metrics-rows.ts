import * as z from 'zod';
import { durationEdges, emptyHistogram } from '../core/metrics/histogram.ts';
import type { Histogram, repairKinds, TaskTotals } from '../core/metrics/metrics.ts';
import { type FinalStatus, finalStatuses, type Priority, priorities } from '../core/tasks/task.ts';
import type { ItemKey } from './dynamo-item.ts';
import { counter, parseItem, parseNumbers } from './parse-item.ts';

// Totals of the whole service in the state table: rows of their own, beside those of tenants and providers. DynamoDB
// bills a change by the size of its row, so the names of attributes are short.

const count = counter;

/**
 * Ended tasks. Beside these `t:<type>:<c|f|x>` counts them by type and status, `d<c|f|x><edge>` their durations and
 * `w<h|n|l><edge>` their waits by the upper edge in milliseconds (`i` above the last), `…_sum` is milliseconds.
 */
export const TaskTotalsRow = z.object({
  hits: count,
  misses: count,
  lag_ms: z.number().nullable().default(null),
});
export type TaskTotalsRow = z.input<typeof TaskTotalsRow>;

export const WebhooksRow = z.object({ delivered: count, retrying: count, rejected: count, dead: count });
export type WebhooksRow = z.input<typeof WebhooksRow>;

export const RepairsRow = z.object({
  tickets: count,
  messages: count,
  slots: count,
  woken: count,
  counts: count,
} satisfies Record<(typeof repairKinds)[number], typeof count>);
export type RepairsRow = z.input<typeof RepairsRow>;

export const taskTotalsKey: ItemKey = { pk: 'METRICS', sk: 'TASKS' };
export const webhooksKey: ItemKey = { pk: 'METRICS', sk: 'WEBHOOKS' };
export const repairsKey: ItemKey = { pk: 'METRICS', sk: 'REPAIRS' };

const statusLetters: Record<FinalStatus, string> = { completed: 'c', failed: 'f', cancelled: 'x' };
const priorityLetters: Record<Priority, string> = { high: 'h', normal: 'n', low: 'l' };
const typePrefix = 't:';
const durationPrefix = (status: FinalStatus) => `d${statusLetters[status]}`;
const waitPrefix = (priority: Priority) => `w${priorityLetters[priority]}`;

export function taskAmounts({ ended, durations, waits, cache }: TaskTotals): Record<string, number> {
  const types = Object.entries(ended).flatMap(([type, byStatus]) =>
    finalStatuses.map((status) => [`${typePrefix}${type}:${statusLetters[status]}`, byStatus[status] ?? 0]),
  );
  return {
    ...Object.fromEntries(types),
    ...Object.assign(
      {},
      ...finalStatuses.map((status) => amountsOf(durationPrefix(status), durations[status])),
    ),
    ...Object.assign({}, ...priorities.map((priority) => amountsOf(waitPrefix(priority), waits[priority]))),
    hits: cache.hits,
    misses: cache.misses,
  };
}

/** @param item empty where nothing was counted */
export function taskTotalsFrom(item: object): TaskTotals {
  const kind = 'The row of the totals of tasks';
  const { hits, misses, lag_ms } = parseItem(kind, TaskTotalsRow, item);
  const ended: TaskTotals['ended'] = {};
  for (const [name, number] of Object.entries(parseNumbers(typePrefix, item))) {
    const [type, letter] = [name.slice(0, -2), name.slice(-1)];
    const status = finalStatuses.find((each) => statusLetters[each] === letter);
    if (status) ended[type] = { ...ended[type], [status]: number };
  }
  const read = (prefix: string) => histogramFrom(parseNumbers(prefix, item));
  return {
    ended,
    durations: mapNames(finalStatuses, (status) => read(durationPrefix(status))),
    waits: mapNames(priorities, (priority) => read(waitPrefix(priority))),
    cache: { hits, misses },
    lagMs: lag_ms,
  };
}

function amountsOf(prefix: string, { buckets, sumMs }: Histogram): Record<string, number> {
  const named = [...buckets].map(([edge, number]) => [prefix + nameOf(edge), number]);
  return { ...Object.fromEntries(named), [`${prefix}_sum`]: sumMs };
}

function histogramFrom(numbers: Record<string, number>): Histogram {
  if (Object.keys(numbers).length === 0) return emptyHistogram;
  const buckets = durationEdges.map((edge): [number, number] => [edge, numbers[nameOf(edge)] ?? 0]);
  return { buckets: new Map(buckets), sumMs: numbers._sum ?? 0 };
}

function nameOf(edge: number): string {
  return edge === Number.POSITIVE_INFINITY ? 'i' : String(edge);
}

function mapNames<Name extends string, Value>(names: readonly Name[], read: (name: Name) => Value) {
  return Object.fromEntries(names.map((name) => [name, read(name)])) as Record<Name, Value>;
}
