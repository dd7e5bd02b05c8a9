import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { AttemptReport } from '../../../../core/attempts/attempt.ts';
import { decideAfterFailure } from '../../../../core/attempts/decide-after-failure.ts';
import { ProviderFailure } from '../../../../core/attempts/provider-failure.ts';
import { parkingKey, typeLevel } from '../../../../core/scheduling/slot-store.ts';
import { toQueuedTask } from '../../../../core/scheduling/task-message.ts';
import { reprioritizeTask } from '../../../../core/tasks/reprioritize-task.ts';
import { isFinal, type Task } from '../../../../core/tasks/task.ts';
import { createRandom } from '../../../fakes/scheduling/random.ts';
import { type Fault, startWorld } from '../../../fakes/scheduling/start-world.ts';
import type { Scenario, Step } from './scenario.ts';
import { createTaskModel } from './task-model.ts';

const sweepEveryMs = 60_000;
const tickMs = 500;
const names = ['kimi', 'qwen'] as const;
/** More requests at one moment are a loop that never ends. */
const mostRequestsAtOnce = 20_000;

/** Two providers in order of preference; where a task's own fails it, it may go to those behind it. */
function routingFrom(provider: string): Task['routing'] {
  const reasons = { cost_usd: 0, wait_ms: 0, latency_ms: 0, quality: 1 };
  const ranking = [provider, ...names.filter((name) => name !== provider)].map((name) => ({
    provider: name,
    model: 'm',
    score: 1,
    reasons,
  }));
  return { strategy: 'balanced', pinned: false, ranking, excluded: [] };
}

/**
 * Runs a scenario over real workers, the real sweeper and ports in memory, and checks after each step what must hold;
 * then waits until all is quiet, and checks that nothing is left.
 */
export async function runScenario(t: TestContext, scenario: Scenario) {
  const random = createRandom(scenario.seed);
  let isDisturbed = false;
  let goesWrong = true;

  let countedAt = 0;
  let requests = 0;

  function fault(operation: string): Fault {
    if (world.clock() !== countedAt) requests = 0;
    countedAt = world.clock();
    requests += 1;
    if (requests > mostRequestsAtOnce) throw new Error(`${operation} is asked for ever`);
    if (!goesWrong) return 'none';
    if (random() < scenario.slow) return Math.ceil(random() * 2_000);
    if (random() >= scenario.faults) return 'none';
    return (['before', 'after', 'twice'] as const)[Math.floor(random() * 3)] ?? 'none';
  }

  function answer(task: Task): Partial<AttemptReport> {
    const share = task.provider === 'kimi' ? scenario.kimiFails : scenario.qwenFails;
    // Never more than what was charged: what exceeds it is charged to later calls.
    const usage = { promptTokens: Math.ceil(task.estimatedTokens * random()), completionTokens: 0 };
    if (!goesWrong || random() >= share) return { usage };
    const kinds = ['outage', 'rate_limited', 'overloaded', 'refused', 'invalid_output'] as const;
    const kind = kinds[Math.floor(random() * kinds.length)] ?? 'outage';
    const retryAfter = kind === 'rate_limited' ? Math.ceil(random() * 10_000) : undefined;
    const failure = new ProviderFailure(kind, 'It failed', { retryAfter });
    const outcome = decideAfterFailure(
      task,
      failure,
      { isEnabled: () => true, contextWindow: () => undefined },
      Date.now(),
      random(),
    );
    return { outcome, failure, usage: kind === 'invalid_output' ? usage : undefined };
  }

  const limits = {
    ...(scenario.globalLimit !== undefined && { globalLimit: scenario.globalLimit }),
    ...(scenario.kimiLimit !== undefined && { providerLimits: { kimi: scenario.kimiLimit } }),
    ...(scenario.customLimit !== undefined && { typeLimits: { custom: scenario.customLimit } }),
    ...(scenario.requestsPerMinute !== undefined && { requestsPerMinute: scenario.requestsPerMinute }),
    ...(scenario.tokensPerMinute !== undefined && { tokensPerMinute: scenario.tokensPerMinute }),
  };
  const world = startWorld(t, {
    providers: scenario.executions,
    ...limits,
    callMs: () => 200 + Math.floor(random() * scenario.longestCallMs),
    fault,
    answer,
    skew: (execution) => ((execution % 5) - 2) * (scenario.skewMs / 2),
  });
  const { store, queues } = world;
  const model = createTaskModel({
    clock: world.clock,
    skewMs: scenario.skewMs,
    mayFail: () => isDisturbed || scenario.faults > 0 || scenario.kimiFails > 0 || scenario.qwenFails > 0,
  });
  let observed = 0;
  let nextSweepAt = world.clock() + sweepEveryMs;

  function checkLimits(): void {
    const most = (name: string, limit: number | undefined) =>
      limit !== undefined && assert.ok(world.mostAtOnce(name) <= limit, `${name}: ${world.mostAtOnce(name)}`);
    most('all', scenario.globalLimit);
    most('provider kimi', Math.min(scenario.executions.kimi, scenario.kimiLimit ?? Infinity));
    most('provider qwen', scenario.executions.qwen);
    most('type custom', scenario.customLimit);
    for (const name of names) {
      const { requestsPerMinute, tokensPerMinute } = scenario;
      if (requestsPerMinute !== undefined) {
        const calls = world.mostInAMinute(name, () => 1);
        assert.ok(calls <= requestsPerMinute, `${name}: ${calls} calls in a minute`);
      }
      if (tokensPerMinute !== undefined) {
        const tokens = world.mostInAMinute(name, (call) => call.tokens);
        assert.ok(tokens <= tokensPerMinute, `${name}: ${tokens} tokens in a minute`);
      }
    }
  }

  async function check(): Promise<void> {
    assert.ok(requests <= mostRequestsAtOnce, 'a worker asks for ever');
    for (; observed < world.changes.length; observed += 1) {
      const { before, after } = world.changes[observed] ?? {};
      if (after) model.observe(before, after);
    }
    if (world.clock() < nextSweepAt) return;
    nextSweepAt += sweepEveryMs;
    const sweptAt = world.clock();
    await world.sweep();
    model.noteSweep(store.all(), sweptAt);
  }

  async function wait(milliseconds: number): Promise<void> {
    for (let passed = 0; passed < milliseconds; passed += tickMs) {
      await world.advance(tickMs, tickMs);
      await check();
    }
  }

  const pick = (place: number): Task | undefined => {
    const all = store.all();
    return all[place % Math.max(all.length, 1)];
  };

  /** As the function does that the caller talks to: what nobody runs is queued. */
  async function hand({ type, provider, cacheKey, tokens, dies }: Extract<Step, { kind: 'hand' }>) {
    const { task, events, ended } = await world.hand({
      type,
      provider,
      cacheKey,
      priority: 'high',
      estimatedTokens: Math.min(tokens, scenario.tokensPerMinute ?? tokens),
      deadlineAt: world.clock() + 600_000,
      routing: routingFrom(provider),
    });
    const endedWell = await ended;
    if (endedWell && events.at(-1)?.kind === 'settled') return;
    const stored = await store.get(task);
    // A caller who dies is told nothing: a task without a row was never accepted.
    if (dies) return;
    if (!stored) await store.create([{ task, input: { prompt: 'p' } }]);
    await queues.enqueue([toQueuedTask(stored ?? task, world.clock())]);
  }

  async function take(step: Step): Promise<void> {
    if (step.kind === 'wait') return wait(step.milliseconds);
    if (step.kind === 'submit') {
      const { count, timeoutMs, tokens, ...submitted } = step;
      const members = {
        type: submitted.type,
        priority: submitted.priority,
        provider: submitted.provider,
        cacheKey: submitted.cacheKey,
        estimatedTokens: Math.min(tokens, scenario.tokensPerMinute ?? tokens),
        deadlineAt: world.clock() + timeoutMs,
        routing: routingFrom(submitted.provider),
      };
      await world.submit(count, members, undefined, submitted.isCarried);
      return;
    }
    if (step.kind === 'hand') {
      void hand(step);
      return;
    }
    isDisturbed = true;
    if (step.kind === 'crash') world.crash(step.executions);
    if (step.kind === 'stray ticket') await queues.sendTickets(step.provider, 1);
    if (step.kind === 'lose') queues.lose(step.what, step.provider);
    const task = 'task' in step ? pick(step.task) : undefined;
    if (!task) return;
    if (step.kind === 'cancel') {
      model.noteCancelled(task.taskId);
      await store.cancel(task, world.clock());
    }
    if (step.kind === 'duplicate') await queues.enqueue([toQueuedTask(task, world.clock())]);
    if (step.kind === 'reprioritize' && task.status === 'queued')
      await reprioritizeTask(task, { priority: step.priority }, world.clock(), { tasks: store, queues });
  }

  async function checkNothingIsLeft(lastDeadline: number): Promise<void> {
    goesWrong = false;
    // A second message of a task is hidden until its deadline, or for as long as a call may last; then it is dropped.
    const latest = Math.max(lastDeadline, world.clock()) + 20 * 60_000;
    while (!isQuiet() && world.clock() < latest) {
      await world.advance(5_000, 5_000);
      await check();
    }
    await world.advance(world.leaseTimeMs + 5_000, 5_000);
    // Each sweep wakes as many that wait as there are free slots, in case they are still to be run.
    const { parkedTickets } = await world.slotStore.read();
    const parked = ['global', 'provider_kimi'].flatMap((level) =>
      names.map((name) => parkedTickets(parkingKey(level, name))),
    );
    const mostWaiting = world.waiting.count('custom') + parked.reduce((sum, count) => sum + count, 0);
    for (let sweeps = 2 + mostWaiting; sweeps >= 0; sweeps -= 1) {
      await world.sweep();
      await world.advance(sweepEveryMs, 5_000);
    }
    const table = await world.slotStore.read();
    assert.deepEqual([...table.leases], [], 'leases are left');
    for (const level of ['global', 'provider_kimi', typeLevel('custom')])
      assert.equal(table.taken(level), 0, `slots of ${level} are left`);
    for (const level of ['global', 'provider_kimi'])
      for (const name of names)
        assert.equal(table.parkedTickets(parkingKey(level, name)), 0, `tickets are parked at ${level}`);
    assert.equal(world.waiting.count('custom'), 0, 'tasks wait for their type');
    for (const name of names) {
      assert.deepEqual(queues.taskMessages(name), [], `messages of ${name} are left`);
      assert.equal(queues.tickets(name), 0, `tickets of ${name} are left`);
      assert.equal((await world.tokenAccounts.read(name))?.parked ?? 0, 0, `tickets of ${name} are owed`);
    }
  }

  const isQuiet = () =>
    world.running() === 0 &&
    names.every((name) => queues.tickets(name) + queues.taskMessages(name).length === 0);

  for (const step of scenario.steps) {
    await take(step);
    await wait(tickMs);
    checkLimits();
  }
  const lastDeadline = Math.max(world.clock(), ...store.all().map(({ deadlineAt }) => deadlineAt));
  while (
    store.all().some(({ status }) => !isFinal(status)) &&
    world.clock() < lastDeadline + 3 * sweepEveryMs
  )
    await wait(tickMs);
  checkLimits();
  assert.deepEqual(
    store.all().filter(({ status }) => !isFinal(status)),
    [],
    'tasks are open',
  );
  const endedAt = world.clock();
  await checkNothingIsLeft(lastDeadline);
  checkLimits();
  return { world, endedAt };
}
