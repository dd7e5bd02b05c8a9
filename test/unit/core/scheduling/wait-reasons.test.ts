import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ProviderFailure } from '../../../../core/attempts/provider-failure.ts';
import type { Task } from '../../../../core/tasks/task.ts';
import { startWorld, type WorldOptions } from '../../../fakes/scheduling/start-world.ts';

// What each attempt says that it waited for, with workers, queues and limits as they are.

const reasons = { cost_usd: 0, wait_ms: 0, latency_ms: 0, quality: 1 };
const mayGoToQwen: Partial<Task> = {
  routing: {
    strategy: 'balanced',
    pinned: false,
    ranking: ['kimi', 'qwen'].map((provider) => ({ provider, model: 'm', score: 1, reasons })),
    excluded: [],
  },
};

/** Of each task's last attempt, in the order in which they were submitted. */
const waitedFor = ({ store }: ReturnType<typeof startWorld>) =>
  store.all().map(({ timeline, waitedFor }) => waitedFor ?? timeline.at(-1)?.waitedFor ?? null);

/** Counts how often each reason was given, once all tasks have ended. */
async function countReasons(t: TestContext, options: WorldOptions, tasks: number, members?: Partial<Task>) {
  const world = startWorld(t, options);
  await world.submit(tasks, members);
  assert.ok(await world.drain(600_000), 'all tasks end');
  return Object.fromEntries(
    Object.entries(Object.groupBy(waitedFor(world), String)).map(([reason, list = []]) => [
      reason,
      list.length,
    ]),
  );
}

test('a task that runs at once waited for nothing', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2 }, requestsPerMinute: 600, tokensPerMinute: 1_000_000 });
  await world.submit(2);
  await world.drain(5_000);
  assert.deepEqual(waitedFor(world), [null, null]);
});

test('slot: behind others, for an execution of its worker', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 } });
  await world.submit(3);
  await world.drain(5_000);
  assert.deepEqual(waitedFor(world), [null, 'slot', 'slot']);
});

test('slot: for a limit of the table of slots, whoever frees it', async (t) => {
  const own = startWorld(t, { providers: { kimi: 3 }, providerLimits: { kimi: 1 } });
  await own.submit(3);
  await own.drain(5_000);
  assert.deepEqual(waitedFor(own), [null, 'slot', 'slot']);
});

test('slot: where another provider’s worker frees it', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2, qwen: 2 }, globalLimit: 1 });
  await world.submit(1, { provider: 'kimi' });
  await world.advance(250);
  await world.submit(1, { provider: 'qwen' });
  await world.drain(5_000);
  assert.deepEqual(waitedFor(world), [null, 'slot']);
});

test('type_slot: for a slot of its type, also when another provider’s worker frees it', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2, qwen: 2 }, typeLimits: { custom: 1 } });
  await world.submit(2, { type: 'custom' });
  await world.advance(250);
  await world.submit(1, { type: 'custom', provider: 'qwen' });
  await world.drain(10_000);
  assert.deepEqual(waitedFor(world), [null, 'type_slot', 'type_slot']);
});

test('requests: for a start under the requests a minute', async (t) => {
  const counted = await countReasons(t, { providers: { kimi: 30 }, requestsPerMinute: 60 }, 20);
  const { null: none = 0, requests = 0, ...other } = counted;
  assert.deepEqual(other, {});
  assert.ok(none >= 1 && requests >= 17, JSON.stringify(counted));
});

test('tokens: for room under the tokens a minute', async (t) => {
  const options = { providers: { kimi: 30 }, tokensPerMinute: 6_000 };
  const counted = await countReasons(t, options, 20, { estimatedTokens: 1_000 });
  const { null: none = 0, tokens = 0, ...other } = counted;
  assert.deepEqual(other, {});
  assert.ok(none >= 1 && tokens >= 12, JSON.stringify(counted));
});

test('what a hung task waited for is laid down with its last will, and with each renewal', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 }, callMs: 25_000 });
  await world.submit(2, {}, { prompt: 'p', responseSchema: {} });
  await world.drain(60_000);
  const second = world.wills.filter((will) => will.startsWith('set for task_2'));
  assert.deepEqual(second, Array(2).fill('set for task_2, which waited for its slot'));
});

test('circuit: the task that probes, and those that waited until the probe succeeded', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2 } });
  await world.breaker.recordFailure('kimi', new ProviderFailure('auth', 'The key is wrong'), world.clock());
  await world.submit(3);
  await world.drain(200_000);
  await world.submit(1);
  await world.drain(10_000);
  assert.deepEqual(waitedFor(world), ['circuit', 'circuit', 'circuit', null]);
});

test('circuit: a pause that the provider asked for', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2 } });
  const refusal = new ProviderFailure('rate_limited', 'Later', { retryAfter: 4_000 });
  await world.breaker.recordFailure('kimi', refusal, world.clock());
  await world.submit(1);
  await world.drain(20_000);
  assert.deepEqual(waitedFor(world), ['circuit']);
});

test('circuit: a task that went elsewhere at once because its provider’s is open', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2, qwen: 2 } });
  await world.breaker.recordFailure('kimi', new ProviderFailure('auth', 'The key is wrong'), world.clock());
  await world.submit(1, mayGoToQwen);
  await world.drain(10_000);
  const [task] = world.store.all();
  assert.deepEqual([task?.provider, task?.timeline[0]?.waitedFor], ['qwen', 'circuit']);
});

test('equal_task: who is ended by the answer of an equal task, without an attempt', async (t) => {
  const world = startWorld(t, { providers: { kimi: 3 } });
  await world.submit(3, { cacheKey: 'k' });
  await world.drain(5_000);
  assert.deepEqual(waitedFor(world), [null, 'equal_task', 'equal_task']);
  assert.deepEqual(
    world.store.all().map(({ timeline }) => timeline.length),
    [1, 0, 0],
  );
});

test('equal_task: who calls itself since the equal task brought no answer', async (t) => {
  const failed = { code: 'provider_error', message: 'm', provider: 'kimi', retryable: false } as const;
  const world = startWorld(t, {
    providers: { kimi: 3 },
    answer: ({ taskId }) => (taskId === 'task_1' ? { outcome: { kind: 'failed', error: failed } } : {}),
  });
  await world.submit(2, { cacheKey: 'k' });
  await world.drain(10_000);
  assert.deepEqual(waitedFor(world), [null, 'equal_task']);
});

test('a task that is tried again says what the new attempt waited for, not the first', async (t) => {
  const again = { code: 'provider_error', message: 'm', provider: 'kimi', retryable: true } as const;
  const world = startWorld(t, {
    providers: { kimi: 1 },
    answer: ({ taskId }, call) =>
      taskId === 'task_2' && call === 1 ? { outcome: { kind: 'retry', error: again, delayMs: 2_000 } } : {},
  });
  await world.submit(2);
  await world.drain(10_000);
  const [, second] = world.store.all();
  assert.deepEqual(
    second?.timeline.map(({ waitedFor }) => waitedFor),
    ['slot', null],
  );
});
