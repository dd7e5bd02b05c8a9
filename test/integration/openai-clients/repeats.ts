import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import OpenAI from 'openai';
import type { World } from './start-world.ts';
import { later, refuse, say } from './steps.ts';

const messages = (content: string) => [{ role: 'user' as const, content }];
const model = 'openai/gpt-6-luna';

export function testRepeats({ client, connect, openai, deepseek }: World): void {
  /** A client whose first connection breaks before the answer, after its request has gone out. */
  function connectBadly(count: { requests: number }): OpenAI {
    return connect({
      fetch: async (url, init) => {
        count.requests += 1;
        if (count.requests > 1) return fetch(url, init);
        const broken = new AbortController();
        setTimeout(() => broken.abort(), 500);
        await fetch(url, { ...init, signal: broken.signal });
        throw new Error('It was answered before the connection broke');
      },
    });
  }

  describe('repeats of the official client', () => {
    test('what it repeats by itself after a broken connection makes no second call of the provider', async () => {
      openai.on('broken line', later(1_200, say('at last')));
      const count = { requests: 0 };
      const chat = await connectBadly(count).chat.completions.create({
        model,
        messages: messages('broken line'),
      });
      assert.equal(chat.choices[0]?.message.content, 'at last');
      assert.equal(count.requests, 2);
      assert.equal(openai.calls('broken line').length, 1);
    });

    test('a request with the same Idempotency-Key is answered by the same task', async () => {
      const ask = (content: string) =>
        client.chat.completions
          .create(
            { model, messages: messages(content) },
            { headers: { 'Idempotency-Key': 'key-of-a-request' } },
          )
          .withResponse();
      const [first, second] = [await ask('keyed'), await ask('keyed')];
      assert.equal(second.data.id, first.data.id);
      assert.equal(openai.calls('keyed').length, 1);
      const error = await ask('keyed, but another').catch((thrown: unknown) => thrown);
      assert.ok(error instanceof OpenAI.UnprocessableEntityError, String(error));
      assert.equal(error.code, 'idempotency_key_reused');
    });

    test('two equal requests of an unbroken client are two tasks', async () => {
      const ask = () =>
        client.chat.completions.create(
          { model, messages: messages('equal') },
          { headers: { 'x-llm-cache-enabled': 'false' } },
        );
      assert.notEqual((await ask()).id, (await ask()).id);
      assert.equal(openai.calls('equal').length, 2);
    });

    test('what cannot succeed is not repeated, though its status would be', async () => {
      // Its circuit is open from then on: nothing is asked of it later.
      deepseek.on('no balance', refuse(402));
      let requests = 0;
      const counting = connect({
        fetch: (url, init) => {
          requests += 1;
          return fetch(url, init);
        },
      });
      const error = await counting.chat.completions
        .create({ model: 'deepseek/deepseek-v4-flash', messages: messages('no balance') })
        .catch((thrown: unknown) => thrown);
      assert.ok(error instanceof OpenAI.RateLimitError, String(error));
      assert.deepEqual([error.code, requests], ['insufficient_quota', 1]);
    });
  });
}
