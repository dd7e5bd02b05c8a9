import { smallestMaximumConcurrency, type WorkerPlan } from './worker-plan.ts';

/** How many executions the event source mappings may ask for at once. */
export interface AccountPlan {
  workers: WorkerPlan[];
  /** MaximumConcurrency of the webhook queue's mapping. */
  webhooks: number;
  /** ParallelizationFactor of the mapping on the stream of tasks: executions for each of its shards. */
  executionsPerShard: number;
}

/**
 * Of the account's executions these stay free for HTTP, WebSocket, their token checks, the sweeper, and what counts changes:
 * a moment a second.
 */
const keptForApi = 5;
/** 200 deliveries at once: receivers that hang may not take the account's concurrency from the workers. */
const mostWebhooks = 20;
/**
 * A new table takes 4,000 writes a second, by four partitions, each with a shard in the stream. No setting bounds a
 * stream's executions but the factor; yet each lasts a moment, and one that finds no room is tried again.
 */
const shards = 4;
const mostPerShard = 2;
const changes = 'changes of tasks';

/** AWS keeps so many executions that no function may reserve: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const neverReserved = 100;

/** Without the account's number: as many as there is work for. */
export function planUnknownAccount(workers: WorkerPlan[]): AccountPlan {
  return { workers, webhooks: mostWebhooks, executionsPerShard: mostPerShard };
}

/** Whether an account of so many concurrent executions lets the workers reserve theirs. */
export function fitsReservations(workers: readonly WorkerPlan[], accountConcurrency: number): boolean {
  const reserved = workers.reduce((sum, { reservedConcurrency }) => sum + (reservedConcurrency ?? 0), 0);
  return reserved <= accountConcurrency - neverReserved;
}

/**
 * Shares the account's executions among the mappings, so that together they never ask for more than leaves the API its
 * room. Each gets what it cannot do without; the rest goes to the stream's shards, which nothing else bounds, then to
 * the workers in proportion to what they lack, then to webhooks. Throws an Error with the shares where even the least
 * is too much.
 */
export function planAccount(workers: readonly WorkerPlan[], accountConcurrency: number): AccountPlan {
  const room = accountConcurrency - keptForApi;
  const least = workers.length * smallestMaximumConcurrency + smallestMaximumConcurrency + 1;
  if (least > room) throw new Error(describeShortage(workers, accountConcurrency, room, least));

  let left = room - least;
  const take = (most: number) => {
    const taken = Math.min(Math.max(most, 0), left);
    left -= taken;
    return taken;
  };
  take(shards - 1);
  const lacking = workers.map(({ maximumConcurrency }) => maximumConcurrency - smallestMaximumConcurrency);
  const extras = share(lacking, take(sum(lacking)));
  const webhooks = smallestMaximumConcurrency + take(mostWebhooks - smallestMaximumConcurrency);
  // Each shard a second execution, or none.
  const isDoubled = take(shards) === shards;
  return {
    workers: workers.map((plan, index) => ({
      ...plan,
      maximumConcurrency: smallestMaximumConcurrency + (extras[index] ?? 0),
    })),
    webhooks,
    executionsPerShard: isDoubled ? mostPerShard : 1,
  };
}

/** Parts of `total`, at most the sum of what is lacking, in proportion to that. */
function share(lacking: readonly number[], total: number): number[] {
  const all = sum(lacking);
  const parts = lacking.map((lack) => (all === 0 ? 0 : Math.floor((lack * total) / all)));
  let rest = total - sum(parts);
  for (const [index, lack] of lacking.entries()) {
    if (rest === 0) break;
    if ((parts[index] ?? 0) >= lack) continue;
    parts[index] = (parts[index] ?? 0) + 1;
    rest -= 1;
  }
  return parts;
}

function describeShortage(
  workers: readonly WorkerPlan[],
  accountConcurrency: number,
  room: number,
  least: number,
): string {
  const shares = [
    ...workers.map(({ provider }) => `${provider} ${smallestMaximumConcurrency}`),
    `webhooks ${smallestMaximumConcurrency}`,
    `${changes} 1`,
  ];
  const fitting = Math.floor((room - smallestMaximumConcurrency - 1) / smallestMaximumConcurrency);
  const advice =
    fitting > 0
      ? `name ${fitting === 1 ? 'one provider' : `${fitting} providers`} at most in LLM_PROVIDERS, or have`
      : 'have';
  return (
    `--context accountConcurrency=${accountConcurrency} leaves ${Math.max(room, 0)} executions to the queues and the stream, ` +
    `since ${keptForApi} stay free for the API, and at least ${least} are needed (${shares.join(', ')}): ` +
    `${advice} the account's concurrent executions raised to ${least + keptForApi}`
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
