import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findProvider } from '../../../../config/providers.ts';
import { routingWeights } from '../../../../config/routing.ts';
import type { EnabledProvider } from '../../../../core/providers/enabled-provider.ts';
import type { FoundModel } from '../../../../core/providers/found-models.ts';
import type { Provider } from '../../../../core/providers/provider.ts';
import { toWireProvider } from '../../../../core/providers/provider-wire.ts';
import { chooseProvider } from '../../../../core/routing/choose-provider.ts';
import type { RoutingRequest } from '../../../../core/routing/routing-request.ts';
import { makeProvider, makeState } from './make-provider.ts';

const definition = findProvider('local') as Provider;
const cloud = makeProvider('cloud');

function local(models?: string[]): EnabledProvider {
  return { definition, settings: { name: 'local', concurrencyLimit: 2, models } };
}

interface Setting {
  config?: Partial<RoutingRequest['config']>;
  found?: FoundModel[];
  named?: string[];
  others?: EnabledProvider[];
  request?: Partial<RoutingRequest>;
}

function choose({ config = {}, found, named, others = [], request }: Setting): string[] {
  const decision = chooseProvider(
    {
      estimatedTokens: { prompt: 500, completion: 200 },
      needsStructuredOutput: false,
      config: { strategy: 'balanced', failover: false, ...config },
      ...request,
    },
    [local(named), ...others],
    new Map([['local', makeState('local', { models: found })]]),
    routingWeights,
    0,
  );
  return decision.ranking.map(({ provider, model }) => `${provider}/${model}`);
}

const found: FoundModel[] = [
  { name: 'small', contextWindow: 4_096 },
  { name: 'large', contextWindow: 32_768 },
  { name: 'vectors', contextWindow: 512, kind: 'embedding' },
];

test('a task that names no model gets the first that the server has', () => {
  assert.deepEqual(choose({ found }), ['local/small']);
  assert.deepEqual(choose({ found: [...found].reverse() }), ['local/large']);
});

test('until they are known the model is the one that the definition names', () => {
  assert.deepEqual(choose({}), ['local/default']);
  assert.deepEqual(choose({ found: [] }), ['local/default']);
});

test('the models that the configuration names come before what the server has, the first of them first', () => {
  assert.deepEqual(choose({ found, named: ['zeta', 'alpha'] }), ['local/zeta']);
});

test('a task goes to a model whose window has room for it, by what the server says', () => {
  const request = { estimatedTokens: { prompt: 5_000, completion: 200 } };
  assert.deepEqual(choose({ found, request }), ['local/large']);
  assert.throws(
    () => choose({ found, request: { estimatedTokens: { prompt: 40_000, completion: 1 } } }),
    /too large/,
  );
});

test('a window that was found counts for a model that the configuration names', () => {
  const request = { estimatedTokens: { prompt: 5_000, completion: 200 } };
  assert.throws(() => choose({ found, named: ['small'], request }), /too large/);
  assert.deepEqual(choose({ found, named: ['unknown'], request }), ['local/unknown']);
});

test('`config.model` alone is enough, of those it has and, while they are not known and it is alone, of any', () => {
  assert.deepEqual(choose({ found, config: { model: 'large' } }), ['local/large']);
  assert.deepEqual(choose({ config: { model: 'whatever:8b' } }), ['local/whatever:8b']);
  assert.deepEqual(choose({ found, named: ['small'], config: { model: 'large' } }), ['local/large']);
});

test('a name that nobody has is refused where it is known what there is', () => {
  assert.throws(() => choose({ found, config: { model: 'larg' } }), /\/config\/model is not a model/);
  assert.throws(
    () => choose({ named: ['small'], config: { model: 'larg' } }),
    /\/config\/model is not a model/,
  );
  assert.deepEqual(
    choose({ found, config: { provider: 'local', model: 'larg' } }),
    ['local/larg'],
    'unless it is pinned',
  );
});

test('another provider’s model, misspelt or not, is not taken for one that this server may run', () => {
  const misspelt = { config: { model: 'cloud-modle' }, others: [cloud] };
  assert.throws(() => choose(misspelt), /\/config\/model is not a model/);
  assert.deepEqual(choose({ config: { model: 'cloud-model' }, others: [cloud] }), ['cloud/cloud-model']);
});

test('vectors are made by a model for vectors', () => {
  assert.deepEqual(
    choose({ found, request: { kind: 'embedding', estimatedTokens: { prompt: 9, completion: 0 } } }),
    ['local/vectors'],
  );
});

test('the list of providers has what was found, and its default', () => {
  const wire = toWireProvider(definition, local().settings, found);
  assert.deepEqual(
    wire.models.map(({ name, context_window }) => [name, context_window]),
    [
      ['small', 4_096],
      ['large', 32_768],
      ['vectors', 512],
    ],
  );
  assert.equal(wire.default_model, 'small');
  assert.equal(
    toWireProvider(definition, undefined, found).default_model,
    'default',
    'of one that is not enabled nothing',
  );
});
