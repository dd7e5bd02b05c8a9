import type { Stats } from '../../client/wire.ts';
import type { Command } from '../command.ts';
import { usd } from '../output.ts';

export const stats: Command = {
  summary: 'show totals of tasks, tokens and cost',
  usage: 'stats',
  help: 'Totals since the first task.',
  options: {},
  async run(_, { client, output, signal }) {
    output.result(await client.stats({ signal }), describeStats);
    return;
  },
};

function describeStats({
  tasks,
  by_type,
  by_provider,
  cache,
  tokens,
  cost_usd,
  spending,
  since,
}: Stats): string {
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ') || '–';
  const spent = (sums: Stats['spending']['by_model']) =>
    Object.entries(sums)
      .map(([name, each]) => `${name} ${usd(each.cost_usd)} in ${each.calls}`)
      .join(', ') || '–';
  return Object.entries({
    tasks: list(tasks),
    types: list(by_type),
    providers: list(by_provider),
    cache: `${cache.hits} hits, ${cache.misses} misses`,
    tokens: `${tokens.prompt} in, ${tokens.completion} out`,
    cost: usd(cost_usd),
    models: spent(spending.by_model),
    since: since ?? '–',
  })
    .map(([name, value]) => `${name.padEnd(10)} ${value}`)
    .join('\n');
}
