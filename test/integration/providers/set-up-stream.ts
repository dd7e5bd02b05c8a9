import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { createLanguageModel } from '../../../adapters/language-models.ts';
import { findProvider } from '../../../config/providers.ts';
import type { ChatDelta, ChoiceDelta } from '../../../core/attempts/chat.ts';
import type { ChatRequest } from '../../../core/attempts/language-model.ts';
import { ProviderFailure } from '../../../core/attempts/provider-failure.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import { type Behaviour, startProvider } from './start-provider.ts';

/** A provider that streams as it is told, a call of it, and the pieces that came of the call. */
export async function setUpStream(
  t: TestContext,
  behave: Behaviour,
  row: Partial<Provider> = {},
  name = 'deepseek',
) {
  const server = await startProvider(t, behave);
  const provider = { ...(findProvider(name) as Provider), ...row };
  const model = createLanguageModel({
    provider,
    baseUrl: server.baseUrl,
    readKey: async () => 'sk-test',
    now: Date.now,
    random: Math.random,
  });
  const pieces: ChoiceDelta[] = [];
  const complete = (request: Partial<ChatRequest> = {}) =>
    model.complete({
      model: provider.defaultModel,
      messages: [{ role: 'user', content: 'hello' }],
      signal: new AbortController().signal,
      onDelta: ({ choices }: ChatDelta) => void pieces.push(...structuredClone(choices)),
      ...request,
    });
  return { ...server, complete, pieces };
}

/** The failure that a call must end with. */
export async function failureOf(call: Promise<unknown>): Promise<ProviderFailure> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ProviderFailure, String(error));
  return error;
}
