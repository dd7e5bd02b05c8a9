import { randomUUID } from 'node:crypto';
import { createCfworkerJsonSchemas } from '../../adapters/cfworker-json-schemas.ts';
import { createDynamoCircuitBreaker } from '../../adapters/dynamo-circuit-breaker.ts';
import { createDynamoProviderStates } from '../../adapters/dynamo-provider-states.ts';
import { createDynamoResultCache } from '../../adapters/dynamo-result-cache.ts';
import { createDynamoStatistics } from '../../adapters/dynamo-statistics.ts';
import { createLanguageModel } from '../../adapters/language-models.ts';
import { readSettings } from '../../config/read-settings.ts';
import { createSubmissionRules } from '../../config/submission-rules.ts';
import { taskTypes } from '../../config/task-types.ts';
import { createRunAttempt } from '../../core/attempts/run-attempt.ts';
import type { Change } from '../../core/events/change.ts';
import { createProcessTask } from '../../core/scheduling/process-task.ts';
import { createRequestRate } from '../../core/scheduling/request-rate.ts';
import { createSlots } from '../../core/scheduling/slots.ts';
import { createTokenRate } from '../../core/scheduling/token-rate.ts';
import { countStatistics } from '../../core/statistics/count-statistics.ts';
import { submitTask } from '../../core/tasks/submit-task.ts';
import { isFinal, type Task } from '../../core/tasks/task.ts';
import type { TaskStore } from '../../core/tasks/task-store.ts';
import { toWireTask } from '../../core/tasks/task-wire.ts';
import { startStateTable } from '../../test/integration/providers/start-state-table.ts';
import type { FleetMember } from './fleet.ts';
import { createMemoryQueues } from './memory-queues.ts';
import { createMemoryTasks } from './memory-tasks.ts';
import type { RoutingService } from './routing-service.ts';

/**
 * The service's own routing, workers and adapters, with the state table on the local host's DynamoDB, but
 * with tasks and queues in memory and without Lambda. A busy machine then distorts the measurement less.
 */
export async function startLightService(
  settings: Record<string, string>,
  members: readonly FleetMember[],
): Promise<RoutingService> {
  const cleanups: (() => Promise<void>)[] = [];
  const { table } = await startStateTable({ after: (clean) => cleanups.push(clean) });
  const configured = readSettings(
    { ...settings, LLM_MAX_QUEUE_SIZE: '100000', LLM_TASK_TIMEOUT: '1h' },
    { stage: 'bench', version: '0', onAws: false, reservedConcurrency: true, open: true },
  ).settings;
  const schemas = createCfworkerJsonSchemas();
  const rules = createSubmissionRules(configured, schemas);
  const statistics = createDynamoStatistics({ table });
  const states = createDynamoProviderStates({
    table,
    providers: configured.providers.map(({ name }) => name),
    now: Date.now,
  });

  // As the stream function does: changes are counted in batches, one after the other.
  let changes: Change[] = [];
  let counting: Promise<void> = Promise.resolve();
  const flush = setInterval(() => {
    const batch = changes;
    changes = [];
    if (batch.length > 0) counting = counting.then(() => statistics.add(countStatistics(batch), Date.now()));
  }, 100);
  const tasks = createMemoryTasks((before, after) =>
    changes.push({ kind: 'task', sequence: '', before, after }),
  );
  const queues = createMemoryQueues();
  const cache = createDynamoResultCache({ table });
  const ports = { tasks: { ...tasks, createOnce: unused }, queues, states, cache };

  for (const { definition, baseUrl } of members) {
    const limit = configured.providers.find(({ name }) => name === definition.name)?.concurrencyLimit ?? 1;
    const workers = Array.from({ length: limit }, () => createWorker(definition, baseUrl));
    queues.serve(definition.name, limit, async (slot, ticket) => {
      const work = workers[slot];
      return work ? work(ticket, Date.now() + 900_000) : 'done';
    });
  }

  /** Like an execution environment of the worker function, whose breaker remembers its own last check. */
  function createWorker(provider: FleetMember['definition'], baseUrl: string) {
    const breaker = createDynamoCircuitBreaker({ table });
    const common = { provider: provider.name, clock: Date.now, random: Math.random };
    const noLimits = { semaphore: undefined as never, rates: undefined as never };
    return createProcessTask({
      ...common,
      order: configured,
      store: tasks as unknown as TaskStore,
      queues,
      breaker,
      cache,
      requestRate: createRequestRate({ ...common, ...noLimits }),
      tokens: createTokenRate({ ...common, ...noLimits }),
      slots: createSlots({
        ...common,
        ...noLimits,
        settings: { provider: provider.name, typeLimits: {} },
        sleep: unused,
      }),
      runAttempt: createRunAttempt({
        provider,
        languageModel: createLanguageModel({
          provider,
          baseUrl,
          readKey: async () => 'any',
          now: Date.now,
          random: Math.random,
        }),
        schemas,
        taskTypes,
        cache,
        cacheTtlMs: configured.cacheTtlMs,
        breaker,
        now: Date.now,
        random: Math.random,
      }),
      onError: (error) => console.error(error),
    });
  }

  const submit = async (body: object) => {
    const submission = { tenant: 'default', body, uuid: randomUUID(), idempotencyKey: undefined };
    await submitTask({ ...submission, now: Date.now() }, rules, ports);
  };
  return {
    submit,
    async submitBatch(bodies) {
      await Promise.all(bodies.map(submit));
    },
    async count() {
      const ended = tasks.all().filter((task: Task) => isFinal(task.status)).length;
      return { ended, open: tasks.all().length - ended };
    },
    list: async () => tasks.all().map((task) => toWireTask(task)),
    async isCircuitOpen(provider) {
      const item = await table.get({ pk: `PROVIDER#${provider}`, sk: 'HEALTH' }, { consistent: true });
      return item?.open_until !== undefined;
    },
    async stop() {
      queues.stop();
      clearInterval(flush);
      await counting;
      for (const clean of cleanups) await clean();
    },
  };
}

async function unused(): Promise<never> {
  throw new Error('The benchmark does not come here');
}
