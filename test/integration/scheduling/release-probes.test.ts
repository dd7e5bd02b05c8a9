import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createDynamoCircuitBreaker } from '../../../adapters/dynamo-circuit-breaker.ts';
import { ProviderFailure } from '../../../core/attempts/provider-failure.ts';
import { failuresToOpen } from '../../../core/circuit-breaker/circuit.ts';
import { createProcessTask, type ProcessTaskOptions } from '../../../core/scheduling/process-task.ts';
import { toQueuedTask } from '../../../core/scheduling/task-message.ts';
import type { ReceivedTask, TaskQueues } from '../../../core/scheduling/task-queues.ts';
import { newTask, startStores } from './start-stores.ts';

let stores: Awaited<ReturnType<typeof startStores>>;
before(async () => {
  stores = await startStores();
});
after(() => stores.service.stop());

const ticket = { id: 'ticket', handle: 'ticket' };
const refuse = () => assert.fail('not to be asked');

/** One queue with these messages, and a worker that runs nothing. */
function setUp(received: ReceivedTask[], members: Partial<ProcessTaskOptions>) {
  const left = [...received];
  const hidden: string[] = [];
  const queues: TaskQueues = {
    enqueue: refuse,
    sendTickets: refuse,
    receive: async () => left.shift(),
    delete: async (_provider, { handle }) => void hidden.push(`delete ${handle}`),
    setVisibility: async (_provider, { handle }) => void hidden.push(handle),
    setTicketVisibility: async () => {},
    count: refuse,
  };
  const breaker = () => createDynamoCircuitBreaker({ table: stores.stateTable });
  const processTask = createProcessTask({
    provider: 'stored-only',
    order: { lowFirstEvery: 0, normalFirstEvery: 0 },
    store: stores.store,
    queues,
    breaker: breaker(),
    cache: { join: refuse, release: refuse, store: refuse } as unknown as ProcessTaskOptions['cache'],
    requestRate: { admit: async () => undefined, release: refuse, charge: refuse },
    slots: {
      acquire: async () => true,
      acquireType: async () => true,
      renew: refuse,
      release: async () => {},
    },
    tokens: { take: async () => undefined, settle: async () => {} },
    runAttempt: refuse,
    clock: Date.now,
    random: () => 0.5,
    onError: (error) => assert.fail(String(error)),
    ...members,
  });
  return { processTask: () => processTask(ticket, Date.now() + 60_000), hidden, breaker };
}

/** The circuit of the provider is open, and its probe due now. */
async function openCircuit(breaker: ReturnType<typeof createDynamoCircuitBreaker>): Promise<void> {
  const outage = new ProviderFailure('outage', 'down');
  const longAgo = Date.now() - 3_600_000;
  for (let failure = 0; failure < failuresToOpen; failure += 1)
    await breaker.recordFailure('stored-only', outage, longAgo);
  assert.equal((await breaker.peek('stored-only', Date.now())).kind, 'probe');
}

function receivedOf({ task }: ReturnType<typeof newTask>): ReceivedTask {
  const { message, priority } = toQueuedTask(task);
  return { message, priority, receiveCount: 1, handle: task.taskId };
}

test('a probe whose task is postponed is free for the next worker', async () => {
  const waiting = newTask();
  const slots = {
    acquire: async () => true,
    acquireType: async () => false,
    renew: refuse,
    release: async () => {},
  };
  const { processTask, hidden, breaker } = setUp([receivedOf(waiting)], { slots });
  await openCircuit(breaker());
  assert.equal(await processTask(), 'again');
  assert.deepEqual(hidden, [waiting.task.taskId]);
  assert.equal((await breaker().check('stored-only', Date.now())).kind, 'probe');
});

test('a stale message uses up no probe, and the next task asks for one of its own', async () => {
  const [over, next] = [newTask({ deadlineAt: Date.now() - 1 }), newTask()];
  await stores.store.create([over, next]);
  const decisions: string[] = [];
  const { processTask, hidden, breaker } = setUp([receivedOf(over), receivedOf(next)], {
    runAttempt: async () => {
      decisions.push((await breaker().peek('stored-only', Date.now())).kind);
      return {
        kind: 'failed',
        error: { code: 'content_filtered', message: 'no', provider: 'stored-only', retryable: false },
      };
    },
  });
  // The probe of the test before is not released: half a minute later it is free.
  await stores.stateTable.delete({ pk: 'PROVIDER#stored-only', sk: 'HEALTH' });
  await openCircuit(breaker());
  assert.equal(await processTask(), 'done');
  assert.deepEqual(decisions, ['wait'], 'held while the call is under way');
  assert.deepEqual(hidden, [`delete ${over.task.taskId}`, `delete ${next.task.taskId}`]);
  assert.equal((await stores.store.get(over.task))?.status, 'failed');
});
