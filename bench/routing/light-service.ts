import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDynamoCircuitBreaker } from '../../adapters/dynamo-circuit-breaker.ts';
import { createDynamoCounters } from '../../adapters/dynamo-counters.ts';
import { createDynamoIdempotencyKeys } from '../../adapters/dynamo-idempotency-keys.ts';
import { createDynamoProviderStates } from '../../adapters/dynamo-provider-states.ts';
import { createDynamoResultCache } from '../../adapters/dynamo-result-cache.ts';
import { createJsonSchemas } from '../../adapters/json-schemas.ts';
import { createLanguageModel } from '../../adapters/language-models.ts';
import { readSettings } from '../../config/read-settings.ts';
import { createSubmissionRules } from '../../config/submission-rules.ts';
import { taskTypes } from '../../config/task-types.ts';
import { createRunAttempt } from '../../core/attempts/run-attempt.ts';
import type { Change } from '../../core/events/change.ts';
import { noTasks } from '../../core/metrics/count-tasks.ts';
import { createWorker } from '../../core/scheduling/create-worker.ts';
import { countStatistics } from '../../core/statistics/count-statistics.ts';
import { submitTask } from '../../core/tasks/submit-task.ts';
import { isFinal, type Task } from '../../core/tasks/task.ts';
import { toWireTask } from '../../core/tasks/task-wire.ts';
import { unlimited } from '../../core/tenants/tenant-limits.ts';
import { createOpenGate } from '../../test/fakes/memory-submissions.ts';
import { createMemoryRates, createMemoryTokenAccounts } from '../../test/fakes/scheduling/memory-accounts.ts';
import { createMemoryDeltaLog } from '../../test/fakes/scheduling/memory-delta-log.ts';
import { createMemoryQueues } from '../../test/fakes/scheduling/memory-queues.ts';
import { createMemorySlotStore, createMemoryWaitingTasks } from '../../test/fakes/scheduling/memory-slots.ts';
import { createMemoryTaskStore } from '../../test/fakes/scheduling/memory-task-store.ts';
import { noLastWill } from '../../test/fakes/scheduling/no-last-will.ts';
import { startStateTable } from '../../test/integration/providers/start-state-table.ts';
import type { FleetMember } from './fleet.ts';
import type { RoutingService } from './routing-service.ts';
import { serveTickets } from './serve-tickets.ts';

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
  const { settings: configured, deployed } = readSettings(
    { ...settings, LLM_MAX_QUEUE_SIZE: '100000', LLM_TASK_TIMEOUT: '1h' },
    { stage: 'bench', version: '0', onAws: false, reservedConcurrency: true, open: true },
  );
  const schemas = createJsonSchemas();
  const rules = createSubmissionRules(configured, deployed, schemas, unlimited);
  const counters = createDynamoCounters({ table });
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
    if (batch.length === 0) return;
    const increments = counters.list(countStatistics(batch, new Set()), noTasks(), Date.now());
    counting = counting.then(async () => void (await counters.add(increments)));
  }, 100);
  const tasks = createMemoryTaskStore((before, after) =>
    changes.push({ kind: 'task', sequence: '', before, after }),
  );
  const queues = createMemoryQueues(Date.now);
  const cache = createDynamoResultCache({ table });
  // Without limits nothing is asked of them.
  const limits = {
    rates: createMemoryRates(),
    tokenAccounts: createMemoryTokenAccounts(),
    slotStore: createMemorySlotStore(),
    waiting: createMemoryWaitingTasks(),
  };
  const providers = members.map(({ definition }) => definition.name);
  const serving = members.map((member) => {
    const { name } = member.definition;
    const limit = configured.providers.find((each) => each.name === name)?.concurrencyLimit ?? 1;
    return serveTickets(
      queues,
      name,
      Array.from({ length: limit }, () => startWorker(member)),
    );
  });

  /** What one environment of the worker function is: its own breaker, with its own memory of the last check. */
  function startWorker({ definition: provider, baseUrl }: FleetMember) {
    const common = { clock: Date.now, now: Date.now, random: Math.random };
    const { processTask } = createWorker(
      {
        ...common,
        ...limits,
        store: tasks,
        queues,
        breaker: createDynamoCircuitBreaker({ table }),
        cache,
        lastWill: noLastWill,
        deltaLog: createMemoryDeltaLog(),
        listeners: undefined,
        runAttempt: createRunAttempt({
          ...common,
          provider,
          languageModel: createLanguageModel({ ...common, provider, baseUrl, readKey: async () => 'any' }),
          schemas,
          taskTypes,
          isEnabled: (name) => providers.includes(name),
          contextWindow: () => undefined,
        }),
        sleep,
        makeHolder: randomUUID,
        onError: (error) => console.error(error),
        onFailure: () => {},
      },
      {
        slots: { provider: provider.name, providers, typeLimits: {} },
        order: configured,
        cacheTtlMs: configured.cacheTtlMs,
      },
    );
    return processTask;
  }

  const keys = createDynamoIdempotencyKeys({ table });
  const submit = async (body: object) => {
    const submission = { tenant: 'default', body, uuid: randomUUID(), idempotencyKey: undefined };
    await submitTask({ ...submission, now: Date.now() }, rules, {
      tasks,
      queues,
      states,
      cache,
      keys,
      gate: createOpenGate(),
    });
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
      await Promise.all(serving.map((each) => each.stop()));
      clearInterval(flush);
      await counting;
      for (const clean of cleanups) await clean();
    },
  };
}
