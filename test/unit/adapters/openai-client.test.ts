import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOpenaiClient } from '../../../adapters/openai-client.ts';
import { providers } from '../../../config/providers.ts';
import { ProviderFailure } from '../../../core/attempts/provider-failure.ts';

const [provider = assert.fail()] = providers;

test('a key that could not be sent is refused by name, and is no outage of the provider', async () => {
  for (const [key, expected] of [
    ['sk-one\nsk-two', /API key of \w+ has several lines/],
    ['sk one', /has a space in it/],
    ['sk-ключ', /not ASCII/],
  ] as const) {
    const client = createOpenaiClient({
      provider,
      baseUrl: 'http://127.0.0.1:1/v1',
      readKey: async () => key,
    });
    await assert.rejects(client(), (error) => {
      assert.ok(error instanceof ProviderFailure);
      assert.deepEqual([error.kind, error.retryable], ['auth', false]);
      assert.match(error.message, expected);
      assert.ok(!error.message.includes(key));
      return true;
    });
  }
});

test('a call has the key of its moment, and a client lasts as long as its key', async () => {
  let key = 'sk-first';
  const client = createOpenaiClient({ provider, baseUrl: 'http://127.0.0.1:1/v1', readKey: async () => key });
  const first = await client();
  assert.equal(await client(), first);
  key = 'sk-second';
  assert.equal((await client()).apiKey, 'sk-second');
  assert.equal(first.apiKey, 'sk-first', 'a call under way keeps its own');
});
