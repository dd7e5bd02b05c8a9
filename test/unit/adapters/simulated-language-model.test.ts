import assert from 'node:assert/strict';
import test from 'node:test';
import { createSimulatedLanguageModel } from '../../../adapters/simulated-language-model.ts';
import { readSimulationOptions } from '../../../adapters/simulation-options.ts';
import type { ChatRequest } from '../../../core/attempts/language-model.ts';
import { ProviderFailure } from '../../../core/attempts/provider-failure.ts';

const make = (query: string) =>
  createSimulatedLanguageModel(readSimulationOptions(`simulated://default?${query}`), Math.random);
const request = (more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'simulated',
  messages: [{ role: 'user', content: 'hello' }],
  signal: new AbortController().signal,
  ...more,
});

async function outcomes(query: string, calls: number): Promise<string[]> {
  const model = make(query);
  const list: string[] = [];
  for (let call = 0; call < calls; call += 1)
    list.push(
      await model.complete(request()).then(
        ({ finishReason }) => finishReason,
        (error: ProviderFailure) => error.kind,
      ),
    );
  return list;
}

test('with a seed the n-th call always ends the same way', async () => {
  const query = 'latency_ms=0&seed=a&error_rate=0.3&rate_limit_rate=0.2';
  const first = await outcomes(query, 40);
  assert.deepEqual(await outcomes(query, 40), first);
  assert.deepEqual([...new Set(first)].sort(), ['outage', 'rate_limited', 'stop']);
});

test('a rate limit says when to come back', async () => {
  await assert.rejects(
    make('latency_ms=0&rate_limit_rate=1&retry_after_ms=700').complete(request()),
    (error) => error instanceof ProviderFailure && error.retryAfter === 700,
  );
});

test('an answer is cut at max_tokens', async () => {
  const reply = await make('latency_ms=0&tokens=50').complete(request({ maxTokens: 5 }));
  assert.equal(reply.finishReason, 'length');
  assert.equal(reply.usage.completionTokens, 5);
});

test('a hanging call ends with the reason it is aborted with', async () => {
  const abort = new AbortController();
  const call = make('hang_rate=1').complete(request({ signal: abort.signal }));
  abort.abort(new Error('enough'));
  await assert.rejects(call, /enough/);
});

test('a parameter that is wrong or unknown is named', () => {
  assert.throws(() => readSimulationOptions('simulated://default?error_rate=2'), /error_rate/);
  assert.throws(() => readSimulationOptions('simulated://default?latencyms=2'), /latencyms/);
});
