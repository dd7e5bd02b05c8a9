import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstText } from '../../../../core/answers/merge-deltas.ts';
import { decideAfterFailure } from '../../../../core/attempts/decide-after-failure.ts';
import { ProviderFailure } from '../../../../core/attempts/provider-failure.ts';
import { slotLeaseMs } from '../../../../core/scheduling/hold-times.ts';
import { typeLevel } from '../../../../core/scheduling/slot-store.ts';
import type { Task } from '../../../../core/tasks/task.ts';
import { startWorld } from '../../../fakes/scheduling/start-world.ts';

type World = ReturnType<typeof startWorld>;
type Handed = Awaited<ReturnType<World['hand']>>;

const kinds = ({ events }: Handed) => events.map(({ kind }) => kind);
const settled = ({ events }: Handed) =>
  events.flatMap((event) => (event.kind === 'settled' ? [event.task] : [])).at(-1);
const row = ({ store }: World, { task }: Handed) => store.get(task);

function outage(task: Task, after = () => true) {
  const failure = new ProviderFailure('outage', 'down');
  return {
    outcome: decideAfterFailure(
      task,
      failure,
      { isEnabled: after, contextWindow: () => undefined },
      Date.now(),
      0.5,
    ),
    failure,
  };
}

test('a task that is handed over runs at once, crosses no queue, and is told whole', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 } });
  const handed = await world.hand();
  await world.advance(1_250);
  assert.equal(await handed.ended, true);
  assert.deepEqual(kinds(handed), ['started', 'settled']);
  const stored = await row(world, handed);
  assert.equal(stored?.status, 'completed');
  const told = settled(handed);
  assert.deepEqual(
    [told?.status, told?.version, told?.result, told?.completedAt, told?.timeline, told?.attempts],
    [stored.status, stored.version, stored.result, stored.completedAt, stored.timeline, 1],
  );
  assert.deepEqual(
    [...world.requests.keys()].filter((name) => name.startsWith('queues.')),
    [],
  );
  assert.deepEqual(
    world.changes.map(({ after }) => after.lastEvent),
    ['queued', 'processing', 'completed'],
  );
  assert.equal(world.running(), 0);
});

test('what is told first is the task as its claim leaves it', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 } });
  const handed = await world.hand();
  await world.advance(250);
  const stored = await row(world, handed);
  const [told] = handed.events.flatMap((event) => (event.kind === 'started' ? [event.task] : []));
  assert.ok(stored && told);
  assert.deepEqual([told.status, told.lastEvent], ['processing', 'processing']);
  for (const member of ['status', 'lastEvent', 'version', 'attempts', 'startedAt', 'changedAt'] as const)
    assert.equal(told[member], stored[member], member);
  assert.equal(world.requests.get('breaker.releaseProbe'), undefined, 'no probe was taken');
});

test('what the provider said of its limits is told before the task', async (t) => {
  const rateLimits = { 'x-ratelimit-remaining-requests': '9' };
  const world = startWorld(t, { providers: { kimi: 1 }, answer: () => ({ rateLimits }) });
  const handed = await world.hand();
  await world.advance(1_250);
  assert.deepEqual(kinds(handed), ['started', 'answered', 'settled']);
  assert.deepEqual(handed.events[1], { kind: 'answered', rateLimits });
});

test('pieces that come before the row is written are told after it, in their order', async (t) => {
  const world = startWorld(t, {
    providers: { kimi: 1 },
    pieces: { texts: ['a', 'b'], everyMs: 100 },
    fault: (operation) => (operation === 'store.create' ? 600 : 'none'),
  });
  const config = { maxRetries: 3, failover: true, strategy: 'balanced', stream: 'once' } as const;
  const handed = await world.hand({ config });
  await world.advance(500);
  assert.deepEqual(handed.events, []);
  await world.advance(1_000);
  assert.deepEqual(kinds(handed), ['started', 'delta', 'delta', 'settled']);
});

test('a row that is another’s by its claim ends the call, and no answer is told', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 }, callMs: 60_000 });
  world.store.claim = async () => ({ kind: 'final' });
  const handed = await world.hand();
  await world.advance(1_000);
  assert.equal(await handed.ended, false);
  assert.match(String(world.errors), /could not be claimed: it is final/);
  assert.deepEqual(handed.events, []);
});

test('of a task whose row is gone in the end nothing more is told', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 } });
  world.store.complete = async () => false;
  world.store.get = async () => undefined;
  const handed = await world.hand();
  await world.advance(1_250);
  assert.deepEqual([await handed.ended, kinds(handed)], [true, ['started']]);
});

test('a call that is refused gives back its probe, and its lead among equal tasks', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2 }, typeLimits: { custom: 1 }, callMs: 60_000 });
  await world.hand({ type: 'custom' });
  await world.advance(250);
  const anHourAgo = world.clock() - 3_600_000;
  await world.breaker.recordFailure('kimi', new ProviderFailure('auth', 'The key is wrong'), anHourAgo);
  assert.equal((await world.breaker.peek('kimi', world.clock())).kind, 'probe');
  const refused = await world.hand({ type: 'custom', cacheKey: 'k' });
  await world.advance(250);
  assert.deepEqual(kinds(refused), ['refused']);
  assert.equal((await world.breaker.peek('kimi', world.clock())).kind, 'probe');
  assert.equal((await world.cache.join('k', 'other', world.clock(), world.clock() + 1_000)).kind, 'leader');
});

test('a call sleeps for its tokens up to a second, and is charged what it used', async (t) => {
  const usage = { promptTokens: 100, completionTokens: 0 };
  const world = startWorld(t, { providers: { kimi: 2 }, tokensPerMinute: 65_000, answer: () => ({ usage }) });
  await world.hand({ estimatedTokens: 500 });
  const second = await world.hand({ estimatedTokens: 400 });
  await world.advance(2_500);
  assert.deepEqual(kinds(second), ['started', 'settled']);
  const [one, other] = world.calls.map(({ startedAt }) => startedAt);
  assert.equal((other ?? 0) - (one ?? 0), 500);
  const charged = (await world.tokenAccounts.read('kimi'))?.charges.map(([, tokens]) => tokens);
  assert.equal(
    charged?.reduce((sum, tokens) => sum + tokens),
    200,
  );
});

test('a call whose tokens come due later is refused, and charged nothing', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2 }, tokensPerMinute: 65_000, callMs: 60_000 });
  await world.hand({ estimatedTokens: 3_000 });
  await world.advance(250);
  const { charges } = (await world.tokenAccounts.read('kimi')) ?? {};
  assert.equal(charges?.length, 1);
  const refused = await world.hand({ estimatedTokens: 400 });
  await world.advance(5_000);
  assert.deepEqual(kinds(refused), ['refused']);
  assert.deepEqual((await world.tokenAccounts.read('kimi'))?.charges, charges);
});

test('the provider is called while the row is written, and nothing is told before it is', async (t) => {
  const world = startWorld(t, {
    providers: { kimi: 1 },
    fault: (operation) => (operation === 'store.create' ? 600 : 'none'),
  });
  const handed = await world.hand();
  await world.advance(500);
  assert.equal(world.calls.length, 1);
  assert.deepEqual(handed.events, []);
  await world.advance(250);
  assert.deepEqual(kinds(handed), ['started']);
  await world.advance(500);
  assert.deepEqual(kinds(handed), ['started', 'settled']);
});

test('a row that cannot be written ends the call, and no answer is told', async (t) => {
  const world = startWorld(t, {
    providers: { kimi: 1 },
    callMs: 60_000,
    fault: (operation) => (operation === 'store.create' ? 'before' : 'none'),
  });
  const handed = await world.hand();
  await world.advance(1_000);
  assert.equal(await handed.ended, false);
  assert.deepEqual(handed.events, []);
  assert.equal(world.calls[0]?.endedAt !== undefined, true);
});

test('the same request does not call twice: its row comes before the call', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2 } });
  const first = await world.hand({ taskId: 'task_once' }, 'hash');
  const second = await world.hand({ taskId: 'task_once' }, 'hash');
  await world.advance(1_500);
  assert.deepEqual([kinds(first), kinds(second)], [['started', 'settled'], ['exists']]);
  assert.equal(world.calls.length, 1);
});

test('with an open circuit, no slot, no start or no tokens nothing is done', async (t) => {
  const limits = [
    { providerLimits: { kimi: 1 } },
    { globalLimit: 1 },
    { typeLimits: { custom: 1 } },
    { requestsPerMinute: 1 },
    { tokensPerMinute: 1_000 },
  ];
  for (const limit of limits) {
    await t.test(JSON.stringify(limit), async (t) => {
      const world = startWorld(t, { providers: { kimi: 3 }, callMs: 5_000, ...limit });
      await world.hand({ type: 'custom', estimatedTokens: 900 });
      await world.advance(250);
      const refused = await world.hand({ type: 'custom', estimatedTokens: 900 });
      await world.advance(1_500);
      assert.deepEqual(kinds(refused), ['refused']);
      assert.equal(await row(world, refused), undefined);
      assert.equal(world.calls.length, 1);
      await world.advance(5_000);
      assert.deepEqual([...(await world.slotStore.read()).leases], []);
    });
  }
  await t.test('circuit', async (t) => {
    const world = startWorld(t, { providers: { kimi: 1 } });
    await world.breaker.recordFailure('kimi', new ProviderFailure('auth', 'no'), world.clock());
    const refused = await world.hand();
    await world.advance(250);
    assert.deepEqual(kinds(refused), ['refused']);
  });
});

test('an equal task that is under way is waited for in the queue; one that has ended answers', async (t) => {
  const world = startWorld(t, { providers: { kimi: 3 } });
  await world.hand({ cacheKey: 'k' });
  const during = await world.hand({ cacheKey: 'k' });
  await world.advance(1_250);
  const after = await world.hand({ cacheKey: 'k' });
  await world.advance(250);
  assert.deepEqual([kinds(during), kinds(after)], [['refused'], ['settled']]);
  assert.deepEqual([settled(after)?.result?.cached, (await row(world, after))?.status], [true, 'completed']);
  assert.equal(world.calls.length, 1);
  const again = { taskId: 'task_once', cacheKey: 'k' };
  const [made, repeated] = [await world.hand(again, 'hash'), await world.hand(again, 'hash')];
  await world.advance(250);
  assert.deepEqual([kinds(made), kinds(repeated)], [['settled'], ['exists']]);
});

test('its slot goes to who waits for it', async (t) => {
  const world = startWorld(t, { providers: { kimi: 3 }, globalLimit: 1, typeLimits: { custom: 1 } });
  await world.hand({ type: 'translation' });
  const [waits] = await world.submit(1, { type: 'translation' });
  assert.ok(await world.drain(3_000), 'a parked ticket is sent on');
  assert.equal(waits && (await world.store.get(waits))?.timeline[0]?.waitedFor, 'slot');
  const other = startWorldAgain(t, { providers: { kimi: 3 }, typeLimits: { custom: 1 } });
  await other.hand({ type: 'custom' });
  await other.submit(1, { type: 'custom' });
  assert.ok(await other.drain(3_000), 'a task that waits for its type is woken');
});

function startWorldAgain(t: Parameters<typeof startWorld>[0], options: Parameters<typeof startWorld>[1]) {
  t.mock.timers.reset();
  return startWorld(t, options);
}

test('tickets leave the kept slots to those who wait, and go on when all is over', async (t) => {
  const world = startWorld(t, {
    providers: { kimi: 3 },
    providerLimits: { kimi: 3 },
    keptFromTickets: 1,
    callMs: 2_000,
  });
  await world.submit(6);
  await world.advance(500);
  assert.equal(world.calls.length, 2);
  const handed = await world.hand();
  await world.advance(250);
  assert.equal(world.calls.length, 3);
  assert.ok(await world.drain(12_000));
  assert.deepEqual(kinds(handed), ['started', 'settled']);
  assert.equal(world.mostAtOnce('all'), 3);
});

test('a failed attempt is queued for the next one, here or elsewhere, and its caller is told so', async (t) => {
  const routing: Task['routing'] = {
    strategy: 'balanced',
    pinned: false,
    ranking: ['kimi', 'qwen'].map((provider) => ({
      provider,
      model: 'm',
      score: 1,
      reasons: { cost_usd: 0, wait_ms: 0, latency_ms: 0, quality: 1 },
    })),
    excluded: [],
  };
  const world = startWorld(t, {
    providers: { kimi: 1, qwen: 1 },
    answer: (task) => (task.provider === 'kimi' ? outage(task) : {}),
  });
  const here = await world.hand({ routing: null });
  await world.advance(1_250);
  assert.deepEqual(kinds(here), ['started', 'settled']);
  assert.deepEqual([settled(here)?.status, settled(here)?.lastEvent], ['queued', 'retrying']);
  const stored = await row(world, here);
  assert.deepEqual(settled(here)?.notBefore, stored?.notBefore);
  assert.equal(world.queues.taskMessages('kimi').length, 1);
  const moves = await world.hand({ routing, config: { ...here.task.config, maxRetries: 0, failover: true } });
  assert.ok(await world.drain(120_000));
  assert.equal(settled(moves)?.provider, 'qwen');
  assert.equal((await row(world, moves))?.status, 'completed');
});

test('a worker that dies leaves a task that the sweeper knows to have no message', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 }, callMs: 20_000 });
  const handed = await world.hand();
  await world.advance(1_000);
  world.crash();
  await world.sweep();
  assert.equal(world.queues.taskMessages('kimi').length, 0, 'its lease lasts');
  await world.advance(slotLeaseMs);
  await world.sweep();
  assert.equal(world.queues.taskMessages('kimi').length, 1);
  assert.ok(await world.drain(30_000));
  assert.equal((await row(world, handed))?.attempts, 2);
});

test('what was cancelled meanwhile ends the call within a second and a half where its answer is streamed', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 }, callMs: 60_000 });
  const config = { maxRetries: 3, failover: true, strategy: 'balanced', stream: 'restarts' } as const;
  const handed = await world.hand({ config });
  await world.advance(2_000);
  await world.store.cancel(handed.task, world.clock());
  await world.advance(1_500);
  assert.equal(world.calls[0]?.endedAt !== undefined, true);
  assert.deepEqual([kinds(handed).at(-1), settled(handed)?.status], ['settled', 'cancelled']);
});

test('a level’s lease is given back whatever happens', async (t) => {
  const world = startWorld(t, {
    providers: { kimi: 2 },
    globalLimit: 2,
    typeLimits: { custom: 2 },
    fault: (operation) => (operation === 'store.claim' ? 'before' : 'none'),
  });
  const handed = await world.hand({ type: 'custom' });
  await world.advance(2_000);
  assert.equal(await handed.ended, false);
  const table = await world.slotStore.read();
  assert.deepEqual([[...table.leases], table.taken('global'), table.taken(typeLevel('custom'))], [[], 0, 0]);
});

test('an answer is streamed only for a caller who reads along', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2 }, pieces: { texts: ['a', 'b'], everyMs: 200 } });
  const whole = await world.hand();
  const config = { maxRetries: 3, failover: true, strategy: 'balanced', stream: 'once' } as const;
  const streamed = await world.hand({ config });
  await world.advance(1_500);
  assert.deepEqual(kinds(whole), ['started', 'settled']);
  assert.deepEqual(kinds(streamed), ['started', 'delta', 'delta', 'settled']);
});

test('a caller who comes back by another connection is told the answer from its beginning, through the log', async (t) => {
  const texts = ['a', 'b', 'c', 'd'];
  const world = startWorld(t, { providers: { kimi: 1 }, callMs: 8_000, pieces: { texts, everyMs: 1_500 } });
  const config = { maxRetries: 3, failover: true, strategy: 'balanced', stream: 'restarts' } as const;
  const handed = await world.hand({ config });
  await world.advance(3_500);
  assert.equal(world.deltaLog.entries.length, 0);
  await world.store.listen(handed.task);
  await world.advance(5_500);
  const logged = world.deltaLog.entries.flatMap(({ deltas }) => deltas.map(firstText)).join('');
  assert.equal(logged, 'abcd');
  assert.deepEqual(kinds(handed).filter((kind) => kind === 'delta').length, texts.length);
});
