import assert from 'node:assert/strict';
import test from 'node:test';
import { routingWeights } from '../../../../config/routing.ts';
import type { EnabledProvider } from '../../../../core/providers/enabled-provider.ts';
import type { ProviderState } from '../../../../core/providers/provider-states.ts';
import { chooseProvider } from '../../../../core/routing/choose-provider.ts';
import type { RoutingRequest } from '../../../../core/routing/routing-request.ts';
import { ServiceError } from '../../../../core/service-error.ts';
import { makeProvider, makeState } from './make-provider.ts';

const chats = makeProvider('chats');

function choose(
  config: Partial<RoutingRequest['config']>,
  request: Partial<RoutingRequest>,
  enabled: EnabledProvider[],
  states: ProviderState[] = [],
) {
  const full: RoutingRequest = {
    estimatedTokens: { prompt: 500, completion: 200 },
    needsStructuredOutput: false,
    ...request,
    config: { strategy: 'balanced', failover: true, ...config },
  };
  return chooseProvider(
    full,
    enabled,
    new Map(states.map((state) => [state.name, state])),
    routingWeights,
    1_000_000,
  );
}

const names = (decision: ReturnType<typeof choose>) => decision.ranking.map(({ provider }) => provider);

test('an embedding model is no candidate for a chat, nor another for embeddings, and who pins it is told so', () => {
  const chat = {
    name: 'v-chat',
    inputUsdPerMillion: 1,
    outputUsdPerMillion: 1,
    contextWindow: 10_000,
    quality: 0.5,
  };
  const vectors = {
    ...chat,
    name: 'v-embed',
    kind: 'embedding' as const,
    inputUsdPerMillion: 0,
    outputUsdPerMillion: 0,
  };
  const other = { ...vectors, name: 'o-embed' };
  const one = makeProvider('one', {}, { models: [vectors, chat], defaultModel: 'v-chat' });
  const same = makeProvider('same', {}, { models: [chat, vectors], defaultModel: 'v-chat' });
  const third = makeProvider('third', {}, { models: [chat, other], defaultModel: 'v-chat' });
  const enabled = [one, same, third, chats];
  const ask = (config: Partial<RoutingRequest['config']>, kind?: 'chat' | 'embedding') =>
    choose({ failover: true, strategy: 'cost', ...config }, kind ? { kind } : {}, enabled);
  const models = (decision: ReturnType<typeof choose>) => new Set(decision.ranking.map(({ model }) => model));
  assert.deepEqual(models(ask({})), new Set(['v-chat', 'chats-model']));
  assert.deepEqual(ask({}).excluded, []);
  assert.deepEqual(
    names(ask({ model: 'v-embed' }, 'embedding')).sort(),
    ['one', 'same'],
    'vectors of two models are not alike',
  );
  assert.equal(models(ask({}, 'embedding')).size, 1);
  const refusal = (config: Partial<RoutingRequest['config']>, kind?: 'chat' | 'embedding') => {
    try {
      ask(config, kind);
    } catch (error) {
      const { code, message } = error as ServiceError;
      return `${code}: ${message}`;
    }
    return 'none';
  };
  assert.equal(refusal({ model: 'v-embed' }), 'invalid_request: /config/model is an embedding model');
  assert.equal(
    refusal({ model: 'v-chat' }, 'embedding'),
    'invalid_request: /config/model is no embedding model',
  );
  assert.equal(
    refusal({ provider: 'chats' }, 'embedding'),
    'invalid_request: /config/provider does not have an embedding model',
  );
});

test('the texts of one embedding request may be longer together than the window of each', () => {
  const vectors = makeProvider('vectors', { kind: 'embedding' });
  const estimatedTokens = { prompt: 500_000, completion: 0 };
  assert.deepEqual(names(choose({}, { kind: 'embedding', estimatedTokens }, [vectors])), ['vectors']);
});

test('where no provider has a model of the kind, there is none for the task', () => {
  assert.throws(
    () => choose({}, { kind: 'embedding' }, [chats]),
    (error) => error instanceof ServiceError && error.code === 'no_provider_available',
  );
});

test('a server that runs any model is passed an embedding model that it does not list, when it is pinned', () => {
  const any = makeProvider('any', {}, { anyModel: true });
  const decision = choose({ provider: 'any', model: 'nomic' }, { kind: 'embedding' }, [any]);
  assert.equal(decision.ranking[0]?.model, 'nomic');
});

test('a provider whose models of the kind are all left out is named once', () => {
  const model = { inputUsdPerMillion: 1, outputUsdPerMillion: 1, contextWindow: 10_000, quality: 0.5 };
  const both = makeProvider(
    'both',
    {},
    {
      models: [
        { ...model, name: 'c' },
        { ...model, name: 'e', kind: 'embedding' },
      ],
      defaultModel: 'c',
    },
  );
  const open = makeState('both', { circuit: 'open', blockedUntil: 2_000_000 });
  assert.deepEqual(choose({}, {}, [both, chats], [open]).excluded, [
    { provider: 'both', reason: 'circuit_open' },
  ]);
});
