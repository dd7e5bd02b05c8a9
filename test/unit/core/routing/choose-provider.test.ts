import assert from 'node:assert/strict';
import test from 'node:test';
import { routingWeights } from '../../../../config/routing.ts';
import type { ProviderState } from '../../../../core/providers/provider-states.ts';
import { chooseProvider } from '../../../../core/routing/choose-provider.ts';
import type { RoutingRequest } from '../../../../core/routing/routing-request.ts';
import { ServiceError } from '../../../../core/service-error.ts';
import type { Strategy } from '../../../../core/tasks/task.ts';
import { makeProvider, makeState } from './make-provider.ts';

const now = 1_000_000;
const cheap = makeProvider('cheap', {
  inputUsdPerMillion: 0.1,
  outputUsdPerMillion: 0.1,
  quality: 0.5,
  typicalLatencyMs: 4_000,
});
const fast = makeProvider('fast', {
  inputUsdPerMillion: 2,
  outputUsdPerMillion: 2,
  quality: 0.6,
  typicalLatencyMs: 500,
});
const best = makeProvider('best', {
  inputUsdPerMillion: 5,
  outputUsdPerMillion: 5,
  quality: 0.95,
  typicalLatencyMs: 6_000,
});
const middle = makeProvider('middle', {
  inputUsdPerMillion: 0.3,
  outputUsdPerMillion: 0.3,
  quality: 0.85,
  typicalLatencyMs: 1_000,
});
const all = [best, cheap, fast, middle];

function choose(
  config: Partial<RoutingRequest['config']> = {},
  states: ProviderState[] = [],
  request: Partial<RoutingRequest> = {},
  enabled = all,
) {
  const full = {
    strategy: 'balanced' as Strategy,
    failover: config.provider === undefined && config.model === undefined,
    ...config,
  };
  return chooseProvider(
    {
      estimatedTokens: { prompt: 500, completion: 200 },
      needsStructuredOutput: false,
      ...request,
      config: full,
    },
    enabled,
    new Map(states.map((state) => [state.name, state])),
    routingWeights,
    now,
  );
}

const names = (decision: ReturnType<typeof choose>) => decision.ranking.map(({ provider }) => provider);

for (const [strategy, winner] of [
  ['cost', 'cheap'],
  ['speed', 'fast'],
  ['quality', 'best'],
  ['balanced', 'middle'],
] as const)
  test(`${strategy} chooses the provider that is ${winner}`, () => {
    const decision = choose({ strategy });
    assert.equal(names(decision)[0], winner);
    assert.equal(decision.ranking.length, 4);
    assert.deepEqual(
      decision.ranking.map(({ score }) => score),
      decision.ranking.map(({ score }) => score).sort((a, b) => b - a),
    );
  });

test('the ranking has the reasons of the choice', () => {
  const [first] = choose({ strategy: 'cost' }, [
    makeState('cheap', { latencyMs: { p50: 3_000, p95: 9_000 }, routingErrorRate: 0.1 }),
  ]).ranking;
  assert.deepEqual(first?.reasons, {
    cost_usd: 0.000_07,
    wait_ms: 0,
    latency_ms: 3_000,
    quality: 0.5,
    error_rate: 0.1,
  });
});

test('a long queue at the fastest provider makes the strategy speed choose another', () => {
  const busy = makeState('fast', { queued: { high: 0, normal: 90, low: 0 }, processing: 10 });
  assert.equal(names(choose({ strategy: 'speed' }, [busy]))[0], 'middle');
});

test('only tasks that go first make a task wait', () => {
  const busy = makeState('fast', { queued: { high: 0, normal: 0, low: 500 }, processing: 5 });
  const wait = (priority: 'high' | 'low') =>
    choose({ provider: 'fast' }, [busy], { priority }).ranking[0]?.reasons.wait_ms;
  assert.equal(wait('high'), 0);
  assert.equal(wait('low'), ((500 + 5 + 1 - 10) / 10) * 500);
});

test('measured latency counts before the definition’s guess, in the ratio of its models', () => {
  const slow = makeState('fast', { latencyMs: { p50: 20_000, p95: 30_000 } });
  assert.equal(names(choose({ strategy: 'speed' }, [slow]))[0], 'middle');
});

test('a provider whose calls all fail is last', () => {
  assert.equal(
    names(choose({ strategy: 'cost' }, [makeState('cheap', { routingErrorRate: 1 })])).at(-1),
    'cheap',
  );
});

test('a provider with an open circuit is left out, with the reason, unless all have one', () => {
  const open = (name: string) => makeState(name, { circuit: 'open', blockedUntil: now + 5_000 });
  const decision = choose({ strategy: 'cost' }, [open('cheap')]);
  assert.deepEqual(decision.excluded, [{ provider: 'cheap', reason: 'circuit_open' }]);
  assert.equal(decision.ranking.length, 3);
  assert.equal(choose({ strategy: 'cost' }, ['cheap', 'fast', 'best', 'middle'].map(open)).ranking.length, 4);
});

test('a provider that asked to wait is chosen where it is worth the wait', () => {
  const blocked = makeState('fast', { blockedUntil: now + 200 });
  assert.equal(names(choose({ strategy: 'speed' }, [blocked]))[0], 'fast');
});

test('a model too small for the task is left out', () => {
  const decision = choose(
    { strategy: 'cost' },
    [],
    { estimatedTokens: { prompt: 50_000, completion: 200 } },
    [cheap, makeProvider('large', { contextWindow: 1_000_000 })],
  );
  assert.deepEqual(names(decision), ['large']);
  assert.deepEqual(decision.excluded, [{ provider: 'cheap', reason: 'context_too_small' }]);
});

test('a task that fits no model is refused, naming its data', () => {
  assert.throws(
    () => choose({}, [], { estimatedTokens: { prompt: 50_000, completion: 200 } }),
    (error) =>
      error instanceof ServiceError &&
      error.code === 'invalid_request' &&
      error.faults[0]?.pointer === '/data',
  );
});

test('a model that fixes its temperature is not asked for another, unless it is pinned or all there is', () => {
  const fixed = makeProvider('fixed', {
    refuses: ['temperature'],
    inputUsdPerMillion: 0,
    outputUsdPerMillion: 0,
  });
  assert.deepEqual(names(choose({ strategy: 'cost', temperature: 0 }, [], {}, [fixed, fast])), ['fast']);
  assert.deepEqual(names(choose({ provider: 'fixed', temperature: 0 }, [], {}, [fixed, fast])), ['fixed']);
  assert.deepEqual(names(choose({ temperature: 0 }, [], {}, [fixed])), ['fixed']);
});

test('only a pinned provider is ranked; with failover it is the first', () => {
  assert.deepEqual(names(choose({ provider: 'best' })), ['best']);
  const withFailover = choose({ provider: 'best', failover: true, strategy: 'cost' });
  assert.deepEqual(names(withFailover), ['best', 'cheap', 'middle', 'fast']);
  assert.equal(withFailover.pinned, true);
});

test('a pinned model is found at every provider that has it', () => {
  const other = makeProvider('other', { name: 'cheap-model' }, { defaultModel: 'cheap-model' });
  assert.deepEqual(names(choose({ model: 'cheap-model', strategy: 'cost' }, [], {}, [...all, other])), [
    'cheap',
    'other',
  ]);
});

test('a pinned provider with an open circuit waits for it', () => {
  const open = makeState('best', { circuit: 'open', blockedUntil: now + 5_000 });
  assert.deepEqual(names(choose({ provider: 'best' }, [open])), ['best']);
});

test('an unknown provider or model is refused, naming the field', () => {
  const pointer = (config: Partial<RoutingRequest['config']>) => {
    try {
      choose(config);
    } catch (error) {
      return error instanceof ServiceError && error.code === 'invalid_request'
        ? error.faults[0]?.pointer
        : error;
    }
    return undefined;
  };
  assert.equal(pointer({ provider: 'nobody' }), '/config/provider');
  assert.equal(pointer({ model: 'nothing' }), '/config/model');
  assert.equal(pointer({ provider: 'best', model: 'cheap-model' }), '/config/model');
});

test('a server that runs any model is passed a model it does not list, when it is pinned', () => {
  const any = makeProvider('any', {}, { anyModel: true });
  assert.equal(
    choose({ provider: 'any', model: 'llama-9' }, [], {}, [...all, any]).ranking[0]?.model,
    'llama-9',
  );
});

test('of one provider its best model for the strategy is ranked', () => {
  const both = makeProvider(
    'both',
    {},
    {
      models: [
        {
          name: 'both-model',
          inputUsdPerMillion: 0.2,
          outputUsdPerMillion: 0.2,
          contextWindow: 10_000,
          quality: 0.6,
        },
        {
          name: 'large',
          inputUsdPerMillion: 9,
          outputUsdPerMillion: 9,
          contextWindow: 10_000,
          quality: 0.99,
        },
      ],
    },
  );
  assert.equal(choose({ strategy: 'cost' }, [], {}, [both, fast]).ranking[0]?.model, 'both-model');
  assert.equal(choose({ strategy: 'quality' }, [], {}, [both, fast]).ranking[0]?.model, 'large');
});

test('without any provider the answer is no_provider_available, to be tried again', () => {
  assert.throws(
    () => choose({}, [], {}, []),
    (error) => error instanceof ServiceError && error.code === 'no_provider_available' && error.retryable,
  );
});

test('a burst of 1,000 tasks spreads as tasks are counted', () => {
  const states = ['cheap', 'fast', 'best', 'middle'].map((name) => makeState(name));
  const chosen = new Map<string, number>();
  for (let task = 0; task < 1_000; task += 1) {
    const name = names(choose({ strategy: 'speed' }, states))[0] ?? '';
    chosen.set(name, (chosen.get(name) ?? 0) + 1);
    const state = states.find((candidate) => candidate.name === name);
    if (state) state.queued.normal += 1;
  }
  assert.equal(chosen.size, 4);
  assert.ok((chosen.get('fast') ?? 0) > (chosen.get('middle') ?? 0));
});

test('a provider that was never called is tried, its guess corrected by what others measured', () => {
  const slowerThanGuessed = ['fast', 'cheap', 'best'].map((name) =>
    makeState(name, { latencyMs: { p50: 3_000, p95: 5_000 } }),
  );
  const decision = choose({ strategy: 'speed' }, slowerThanGuessed);
  assert.equal(names(decision)[0], 'middle');
  assert.equal(decision.ranking[0]?.reasons.latency_ms, 375);
});

test('of two equal providers the one that takes a schema is better where JSON is needed', () => {
  const inWords = makeProvider('in-words', {}, { structuredOutput: 'prompt' });
  const bySchema = makeProvider('with-schema');
  const first = (needsStructuredOutput: boolean) =>
    choose({ strategy: 'quality' }, [], { needsStructuredOutput }, [inWords, bySchema]).ranking[0]?.provider;
  assert.equal(first(true), 'with-schema');
  assert.equal(first(false), 'in-words', 'by name');
});

test('a provider that would be done after the deadline is behind every one that would be in time', () => {
  const busy = makeState('best', { queued: { high: 0, normal: 200, low: 0 }, processing: 10 });
  const first = (timeLeftMs?: number) =>
    names(choose({ strategy: 'quality' }, [busy], timeLeftMs ? { timeLeftMs } : {}))[0];
  assert.equal(first(), 'best');
  assert.equal(first(60_000), 'middle');
});

test('what a tenant may not call is never chosen, and no failover goes there', () => {
  const permits = (provider: string) => provider === 'cheap' || provider === 'fast';
  const { ranking } = choose({}, [], { permits });
  assert.deepEqual(ranking.map(({ provider }) => provider).sort(), ['cheap', 'fast']);
  const pinned = choose({ provider: 'cheap', failover: true }, [], { permits });
  assert.deepEqual(
    pinned.ranking.map(({ provider }) => provider),
    ['cheap', 'fast'],
  );
});

test('a pin that the tenant may not call is forbidden, by its field; so is all, where nothing is left', () => {
  const refuses = (config: Partial<RoutingRequest['config']>, permits: RoutingRequest['permits']) => {
    try {
      choose(config, [], permits && { permits });
    } catch (error) {
      assert.ok(error instanceof ServiceError);
      return [error.code, error.faults[0]?.pointer];
    }
    return assert.fail('it was chosen');
  };
  const onlyCheap = (provider: string) => provider === 'cheap';
  assert.deepEqual(refuses({ provider: 'best' }, onlyCheap), ['forbidden', '/config/provider']);
  assert.deepEqual(refuses({ provider: 'best', failover: true }, onlyCheap), [
    'forbidden',
    '/config/provider',
  ]);
  const model = best.definition.defaultModel;
  assert.deepEqual(
    refuses({ provider: 'best', model }, () => false),
    ['forbidden', '/config/model'],
  );
  assert.deepEqual(
    refuses({}, () => false),
    ['forbidden', ''],
  );
  assert.deepEqual(refuses({ provider: 'unknown' }, onlyCheap), ['invalid_request', '/config/provider']);
});
