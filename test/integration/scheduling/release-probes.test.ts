import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createDynamoCircuitBreaker } from '../../../adapters/dynamo-circuit-breaker.ts';
import type { DynamoTable } from '../../../adapters/dynamo-table.ts';
import type { RunAttempt } from '../../../core/attempts/attempt.ts';
import { ProviderFailure } from '../../../core/attempts/provider-failure.ts';
import { failuresToOpen } from '../../../core/circuit-breaker/circuit.ts';
import { createWorker } from '../../../core/scheduling/create-worker.ts';
import { slotLeaseMs } from '../../../core/scheduling/hold-times.ts';
import { typeLevel } from '../../../core/scheduling/slot-store.ts';
import { toQueuedTask } from '../../../core/scheduling/task-message.ts';
import type { Task, TaskResult } from '../../../core/tasks/task.ts';
import { createMemoryRates, createMemoryTokenAccounts } from '../../fakes/scheduling/memory-accounts.ts';
import { createMemoryDeltaLog } from '../../fakes/scheduling/memory-delta-log.ts';
import { createMemoryQueues } from '../../fakes/scheduling/memory-queues.ts';
import { createMemoryResultCache } from '../../fakes/scheduling/memory-result-cache.ts';
import { createMemorySlotStore, createMemoryWaitingTasks } from '../../fakes/scheduling/memory-slots.ts';
import { createMemoryTaskStore } from '../../fakes/scheduling/memory-task-store.ts';
import { noLastWill } from '../../fakes/scheduling/no-last-will.ts';
import { startStateTable } from '../providers/start-state-table.ts';
import { newTask } from './start-stores.ts';

const cleanups: (() => Promise<void>)[] = [];
let table: DynamoTable;
before(async () => {
  ({ table } = await startStateTable({ after: (clean) => cleanups.push(clean) }));
});
after(() => Promise.all(cleanups.map((clean) => clean())));

const provider = 'stored-only';
/** Each is an environment of the worker, with its own memory of the last check. */
const openBreaker = () => createDynamoCircuitBreaker({ table });
const peek = () => openBreaker().peek(provider, Date.now());

/** The circuit of the provider is open, and its probe due now. */
beforeEach(async () => {
  await table.delete({ pk: `PROVIDER#${provider}`, sk: 'HEALTH' });
  const longAgo = Date.now() - 3_600_000;
  for (let failure = 0; failure < failuresToOpen; failure += 1)
    await openBreaker().recordFailure(provider, new ProviderFailure('outage', 'down'), longAgo);
  assert.equal((await peek()).kind, 'probe');
});

/** A worker of a provider with these tasks; all but the circuit is in memory. */
async function setUp(tasks: ReturnType<typeof newTask>[], runAttempt: RunAttempt) {
  const store = createMemoryTaskStore();
  const queues = createMemoryQueues(Date.now);
  const slotStore = createMemorySlotStore();
  const waiting = createMemoryWaitingTasks();
  await store.create(tasks);
  await queues.enqueue(tasks.map(({ task }) => toQueuedTask(task)));
  const { processTask } = createWorker(
    {
      store,
      queues,
      breaker: openBreaker(),
      cache: createMemoryResultCache(),
      rates: createMemoryRates(),
      tokenAccounts: createMemoryTokenAccounts(),
      slotStore,
      waiting,
      lastWill: noLastWill,
      deltaLog: createMemoryDeltaLog(),
      listeners: undefined,
      runAttempt,
      clock: Date.now,
      sleep: () => assert.fail('nothing is waited for'),
      random: () => 0.5,
      makeHolder: () => 'holder',
      onError: (error) => assert.fail(String(error)),
      onFailure: () => {},
    },
    {
      slots: { provider, providers: [provider], typeLimits: { custom: 1 } },
      order: { lowFirstEvery: 0, normalFirstEvery: 0 },
      cacheTtlMs: 1_000,
    },
  );
  const useTicket = async () => {
    const ticket = queues.takeTicket(provider);
    assert.ok(ticket);
    return processTask(ticket, Date.now() + 60_000);
  };
  return { useTicket, store, queues, slotStore, waiting };
}

const refuse = () => assert.fail('not to be called');

test('a probe whose task has to wait is free for the next worker', async () => {
  const { useTicket, queues, slotStore, waiting } = await setUp([newTask()], refuse);
  const [from, until] = [Date.now(), Date.now() + slotLeaseMs];
  const to = { levels: [typeLevel('custom')], from, until };
  await slotStore.change({ holder: 'another', from: undefined, to });
  assert.equal(await useTicket(), 'done');
  assert.equal(waiting.count('custom'), 1);
  const hidden = queues.taskMessages(provider).map(({ visibleAt }) => visibleAt > Date.now() + 600_000);
  assert.deepEqual(hidden, [true]);
  assert.equal((await openBreaker().check(provider, Date.now())).kind, 'probe');
});

test('a stale message uses up no probe, and the next task goes by it', async () => {
  const [over, next] = [newTask({ deadlineAt: Date.now() - 1 }), newTask()];
  const seen: [Task['taskId'], string][] = [];
  const result: TaskResult = {
    content: 'fine',
    finishReason: 'stop',
    cached: false,
    usage: { promptTokens: 1, completionTokens: 1 },
    costUsd: 0,
    latencyMs: 1,
  };
  const { useTicket, queues, store } = await setUp([over, next], async ({ taskId }) => {
    seen.push([taskId, (await peek()).kind]);
    const outcome = { kind: 'completed', result } as const;
    return { outcome, usage: result.usage, costUsd: 0, failure: undefined, holdBackMs: undefined };
  });
  assert.equal(await useTicket(), 'done');
  assert.deepEqual(seen, [[next.task.taskId, 'wait']], 'held while the call is under way');
  assert.equal(queues.taskMessages(provider).length, 0);
  assert.equal((await store.get(over.task))?.status, 'failed');
  assert.equal((await store.get(next.task))?.status, 'completed');
  assert.equal((await peek()).kind, 'allowed', 'its answer closed the circuit');
});

test('a ticket that finds nothing gives the probe back', async () => {
  const { useTicket, queues } = await setUp([], refuse);
  await queues.sendTickets(provider, 1);
  assert.equal(await useTicket(), 'done');
  assert.equal((await openBreaker().check(provider, Date.now())).kind, 'probe');
});
