import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Candidate } from '../../../../core/routing/estimate-candidates.ts';
import { rankCandidates } from '../../../../core/routing/rank-candidates.ts';
import { makeProvider } from './make-provider.ts';

const byQuality = { cost: 0, speed: 0, quality: 1 };
const balanced = { cost: 0.3, speed: 0.3, quality: 0.4 };

function candidate(name: string, members: Partial<Candidate> = {}): Candidate {
  const provider = makeProvider(name);
  const [model] = provider.definition.models;
  assert.ok(model);
  return {
    provider,
    model,
    modelName: model.name,
    costUsd: 1,
    waitMs: 0,
    latencyMs: 1_000,
    errorRate: 0,
    quality: 0.5,
    ...members,
  };
}

const scores = (candidates: Candidate[], weights = balanced) =>
  rankCandidates(candidates, weights).map(({ candidate: { provider, score } }) => [provider, score]);

test('where no candidate has any quality, quality decides nothing', () => {
  const worst = [candidate('dear', { quality: 0, costUsd: 2 }), candidate('cheap', { quality: 0 })];
  assert.deepEqual(scores(worst), [
    ['cheap', 1],
    ['dear', 0.85],
  ]);
});

test('a quality of 0 beside any other is worth nothing, a quality of 1 all', () => {
  const both = [candidate('worst', { quality: 0 }), candidate('best', { quality: 1 })];
  assert.deepEqual(scores(both, byQuality), [
    ['best', 1],
    ['worst', 0],
  ]);
});

test('nine tenths of the best quality are worth two thirds', () => {
  const near = [candidate('near', { quality: 0.9 }), candidate('best', { quality: 1 })];
  assert.deepEqual(scores(near, byQuality)[1], ['near', 0.6561]);
});

test('what costs nothing is the cheapest, and what costs anything beside it has no share in that', () => {
  const price = { cost: 1, speed: 0, quality: 0 };
  const both = [candidate('paid', { costUsd: 0.000_001 }), candidate('free', { costUsd: 0 })];
  assert.deepEqual(scores(both, price), [
    ['free', 1],
    ['paid', 0],
  ]);
});
