import type { Provider, ProviderStatus } from '../../client/wire.ts';
import type { Command } from '../command.ts';
import { table, usd } from '../output.ts';

export const providers: Command = {
  summary: 'show the providers and how they do',
  usage: 'providers [--all] [--models]',
  help: `  --all      also those that are not configured
  --models   models, prices and context windows instead`,
  options: { all: { type: 'boolean' }, models: { type: 'boolean' } },
  async run({ values }, { client, output, signal }) {
    if (values.models) {
      const known = await client.providers({ signal });
      output.result(
        known.filter(({ enabled }) => enabled || values.all),
        describeModels,
      );
      return;
    }
    const statuses = await client.providerStatuses({ signal });
    output.result(
      statuses.filter(({ status }) => status !== 'disabled' || values.all),
      describeStatuses,
    );
    return;
  },
};

function describeStatuses(statuses: ProviderStatus[]): string {
  const heading = ['provider', 'status', 'circuit', 'running', 'queued', 'requests', 'errors', 'p50', 'cost'];
  const rows = statuses.map((each) => [
    each.name,
    each.status,
    each.circuit,
    `${each.active}/${each.concurrency_limit}`,
    `${each.queued.high} high, ${each.queued.normal} normal, ${each.queued.low} low`,
    String(each.requests),
    String(each.errors),
    each.latency_ms.p50 === null ? '–' : `${Math.round(each.latency_ms.p50)} ms`,
    usd(each.cost_usd),
  ]);
  return table([heading, ...rows]);
}

function describeModels(providers: Provider[]): string {
  const heading = ['provider', 'model', 'USD per million in', 'out', 'context', 'quality'];
  const rows = providers.flatMap(({ name, models, default_model }) =>
    models.map((model) => [
      name,
      model.name === default_model ? `${model.name} (default)` : model.name,
      String(model.input_usd_per_million_tokens),
      String(model.output_usd_per_million_tokens),
      String(model.context_window),
      String(model.quality),
    ]),
  );
  return table([heading, ...rows]);
}
