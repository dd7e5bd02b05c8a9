import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoBudgets } from '../../adapters/dynamo-budgets.ts';
import { createDynamoTable } from '../../adapters/dynamo-table.ts';
import type { Measure } from '../scheduling/scenario.ts';
import type { RunningService } from '../start-service.ts';

const budgetUsd = 1;
/** At $100 a million tokens. */
const usdPerToken = 0.0001;
const patienceMs = 60_000;

/** Parallel submissions of $0.01 to $0.05 each against a budget of a dollar. */
export async function measureBudget({ host }: RunningService, count: number): Promise<Measure[]> {
  const statuses = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const maxTokens = 100 + (index % 5) * 100;
      const body = {
        type: 'custom',
        prompt: `Write ${index}`,
        config: { max_tokens: maxTokens, cache_enabled: false },
      };
      const answer = await fetch(`${host.url}/api/v1/tasks`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      await answer.text();
      return { status: answer.status, maxUsd: maxTokens * usdPerToken };
    }),
  );
  const accepted = statuses.filter(({ status }) => status === 202);
  const refused = statuses.filter(({ status }) => status === 429).length;
  const reserved = accepted.reduce((sum, { maxUsd }) => sum + maxUsd, 0);
  const client = new DynamoDBClient({
    endpoint: host.awsEndpoint,
    region: 'us-east-1',
    credentials: host.awsCredentials,
  });
  const table = createDynamoTable({ client, tableName: host.outputs.StateTableName ?? '' });
  const read = () => createDynamoBudgets({ table }).read('default', Date.now());
  const giveUpAt = Date.now() + patienceMs;
  while ((await read()).reserved > 0 && Date.now() < giveUpAt) await sleep(250);
  const use = await read();
  const stats = (await (await fetch(`${host.url}/api/v1/stats`)).json()) as { cost_usd: number };
  client.destroy();
  const usd = (amount: number) => `$${amount.toFixed(4)}`;
  const isSettled = use.reserved === 0 && Math.abs(use.day - stats.cost_usd) < 1e-6;
  return [
    {
      // What is settled makes room for later ones, so that together they may reserve more than there is at once.
      what: `budget of $1.00, ${count} parallel submissions of $0.01 to $0.05: accepted`,
      bar: 'some',
      measured: `${accepted.length}, by estimate ${usd(reserved)}`,
      met: accepted.length > 0,
    },
    {
      what: '– refused by budget_exceeded',
      bar: 'all others',
      measured: String(refused),
      met: accepted.length + refused === count,
    },
    { what: '– spent at the end', bar: '≤ $1.00', measured: usd(use.day), met: use.day <= budgetUsd },
    {
      what: '– settled: reserved at the end; used beside what the statistics counted',
      bar: '$0; equal',
      measured: `${usd(use.reserved)}; ${usd(use.day)}, ${usd(stats.cost_usd)}`,
      met: isSettled,
    },
  ];
}
