import * as z from 'zod';
import { taskStatuses } from '../tasks/task.ts';
import { toWireTimeOrNull, WireTime } from '../wire-time.ts';
import type { TenantTotals } from './statistics.ts';

const Counts = z.record(z.string(), z.int());

export const WireStats = z
  .object({
    tasks: z.record(z.enum(taskStatuses), z.int()).meta({ description: 'Tasks by their present status' }),
    by_type: Counts.meta({ description: 'Tasks submitted, by type' }),
    by_provider: Counts.meta({ description: 'Tasks completed, by provider' }),
    cache: z.object({ hits: z.int(), misses: z.int() }).meta({
      description: 'Completed tasks that could share a result: those that did, and those that did not',
    }),
    tokens: z.object({ prompt: z.int(), completion: z.int() }).meta({ description: 'Of completed tasks' }),
    cost_usd: z.number().meta({ description: 'Of completed tasks' }),
    since: WireTime.nullable().meta({ description: 'When the first task was counted; null before' }),
  })
  .meta({ id: 'Stats' });
export type WireStats = z.infer<typeof WireStats>;

export function toWireStats(totals: TenantTotals): WireStats {
  const { tasks, byType, byProvider, cache, tokens, costUsd, since } = totals;
  return {
    tasks,
    by_type: byType,
    by_provider: byProvider,
    cache,
    tokens,
    cost_usd: costUsd,
    since: toWireTimeOrNull(since),
  };
}
