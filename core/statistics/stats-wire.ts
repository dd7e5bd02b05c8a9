import * as z from 'zod';
import { taskStatuses } from '../tasks/task.ts';
import { toWireTimeOrNull, WireTime } from '../wire-time.ts';
import { noSpending } from './count-tenant.ts';
import type { Spending, TenantTotals } from './statistics.ts';

const Counts = z.record(z.string(), z.int());

const WireSpending = z
  .object({
    calls: z.int().meta({
      description: 'Attempts that ended. One may be two calls: the second asks for a mended answer',
    }),
    prompt_tokens: z.int(),
    completion_tokens: z.int(),
    cost_usd: z.number(),
  })
  .meta({ id: 'Spending' });
type WireSpending = z.infer<typeof WireSpending>;

export const WireStats = z
  .object({
    tasks: z.record(z.enum(taskStatuses), z.int()).meta({ description: 'Tasks by their present status' }),
    by_type: Counts.meta({ description: 'Tasks submitted, by type' }),
    by_provider: Counts.meta({ description: 'Tasks completed, by provider' }),
    cache: z.object({ hits: z.int(), misses: z.int() }).meta({
      description: 'Completed tasks that could share a result: those that did, and those that did not',
    }),
    tokens: z.object({ prompt: z.int(), completion: z.int() }).meta({ description: 'As `cost_usd`' }),
    cost_usd: z.number().meta({
      description:
        'Of every attempt that ended, in whichever way: those that failed, were repeated or cancelled too. What a ' +
        'call used that was cut off is estimated',
    }),
    spending: z
      .object({
        by_provider: z.record(z.string(), WireSpending),
        by_model: z.record(z.string(), WireSpending).meta({
          description: 'By `provider/model`; models that the catalogue does not list are `provider/other`',
        }),
        by_type: z.record(z.string(), WireSpending),
      })
      .meta({ description: 'Where it was spent' }),
    since: WireTime.nullable().meta({ description: 'When the first task was counted; null before' }),
  })
  .meta({ id: 'Stats' });
export type WireStats = z.infer<typeof WireStats>;

export function toWireStats(totals: TenantTotals): WireStats {
  const { tasks, byType, byProvider, cache, spending, byModel, spentByType, since } = totals;
  return {
    tasks,
    by_type: byType,
    by_provider: byProvider,
    cache,
    tokens: { prompt: spending.promptTokens, completion: spending.completionTokens },
    cost_usd: spending.costUsd,
    spending: {
      by_provider: toWireSpendings(sumByProvider(byModel)),
      by_model: toWireSpendings(byModel),
      by_type: toWireSpendings(spentByType),
    },
    since: toWireTimeOrNull(since),
  };
}

function toWireSpendings(sums: Record<string, Spending>): Record<string, WireSpending> {
  const wire = Object.entries(sums).map(([name, { calls, promptTokens, completionTokens, costUsd }]) => [
    name,
    { calls, prompt_tokens: promptTokens, completion_tokens: completionTokens, cost_usd: costUsd },
  ]);
  return Object.fromEntries(wire);
}

function sumByProvider(byModel: Record<string, Spending>): Record<string, Spending> {
  const sums: Record<string, Spending> = {};
  for (const [model, spent] of Object.entries(byModel)) {
    const [provider = ''] = model.split('/');
    const sum = sums[provider] ?? noSpending();
    sums[provider] = {
      calls: sum.calls + spent.calls,
      promptTokens: sum.promptTokens + spent.promptTokens,
      completionTokens: sum.completionTokens + spent.completionTokens,
      costUsd: sum.costUsd + spent.costUsd,
    };
  }
  return sums;
}
