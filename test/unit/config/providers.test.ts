import assert from 'node:assert/strict';
import test from 'node:test';
import { findProvider, providers } from '../../../config/providers.ts';
import { errorRules } from '../../../core/attempts/error-rules.ts';

test('the catalogue has every provider of this list, each once', () => {
  const names = providers.map(({ name }) => name);
  assert.deepEqual(names, [...new Set(names)]);
  for (const name of [
    'kimi',
    'kimi-china',
    'openai',
    'qwen',
    'deepseek',
    'gemini',
    'anthropic',
    'bedrock',
    'local',
    'simulated',
  ])
    assert.ok(findProvider(name), name);
});

for (const provider of providers)
  test(`${provider.name}: default model, error rules and prices fit together`, () => {
    assert.equal(
      provider.models.find(({ name }) => name === provider.defaultModel)?.kind,
      'chat',
      'the default model takes chats',
    );
    assert.ok(errorRules[provider.errors], `rules ${provider.errors}`);
    const names = provider.models.map(({ name }) => name);
    assert.deepEqual(names, [...new Set(names)]);
    for (const model of provider.models) {
      assert.ok((model.cachedInputUsdPerMillion ?? 0) <= model.inputUsdPerMillion, model.name);
      assert.ok((model.maxOutputTokens ?? 0) <= model.contextWindow, model.name);
    }
  });

test('models whose sampling is fixed are never sent a temperature', () => {
  for (const name of ['kimi', 'kimi-china'])
    for (const model of findProvider(name)?.models ?? [])
      assert.ok(model.refuses.includes('temperature'), model.name);
});

test('hybrid models that think by default are told not to', () => {
  assert.deepEqual(findProvider('qwen')?.models[0]?.extraBody, { enable_thinking: false });
  assert.deepEqual(findProvider('kimi')?.models[0]?.extraBody, { thinking: { type: 'disabled' } });
});
