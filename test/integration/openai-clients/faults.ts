import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import OpenAI from 'openai';
import { errorOf } from './error-of.ts';
import type { World } from './start-world.ts';
import type { Step } from './step.ts';
import { beSilent, cutAfter, cutAfterHead, failAfter, refuse, say, stopAfter } from './steps.ts';

const user = (content: string) => ({ role: 'user' as const, content });
/** So that a repeat does not wait. */
const now = { 'retry-after-ms': '0' };
/** Ranks the simulated provider last, which is asked nothing here. */
const best = { strategy: 'quality' };

export function testFaults({ client, openai, deepseek, local, taskOf }: World): void {
  const ask = (model: string, content: string, options: object = {}) =>
    client.chat.completions.create({ model, messages: [user(content)], ...options });
  const read = async (model: string, content: string) => {
    let text = '';
    const stream = await client.chat.completions.create({ model, messages: [user(content)], stream: true });
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    return text;
  };

  const providers = { openai, deepseek, local };
  /** Whichever is asked first does this, and the next one answers. */
  function failFirst(mark: string, fault: Step): void {
    const steps = [fault];
    const step: Step = (response, body) => (steps.shift() ?? say('rescued'))(response, body);
    for (const provider of Object.values(providers)) provider.on(mark, step);
  }
  /** The names of those that were asked. */
  const askedFor = (mark: string) =>
    Object.entries(providers).flatMap(([name, provider]) => provider.calls(mark).map(() => name));

  describe('faults of providers, seen by the official client', () => {
    test('a provider that fails twice is asked again: the client makes one call and is served', async () => {
      openai.on('twice 500', refuse(500, {}, now), refuse(502, {}, now), say('third'));
      const { data, response } = await ask('openai/gpt-6-luna', 'twice 500').withResponse();
      assert.equal(data.choices[0]?.message.content, 'third');
      assert.equal((await taskOf(response)).attempts, 3);
    });

    test('Retry-After of a provider is obeyed', async () => {
      openai.on(
        'wait a second',
        refuse(429, { type: 'rate_limit_error' }, { 'retry-after': '1' }),
        say('ok'),
      );
      await ask('openai/gpt-6-luna', 'wait a second');
      const [first, second] = openai.calls('wait a second');
      const waited = (second?.at ?? 0) - (first?.at ?? 0);
      assert.ok(waited >= 1_000, `asked again after ${waited} ms`);
    });

    test('another provider takes over at once, and the answer names the one that served it', async () => {
      failFirst('take over', refuse(503));
      const { data, response } = await ask('auto', 'take over', best).withResponse();
      assert.equal(data.choices[0]?.message.content, 'rescued');
      const server = response.headers.get('x-llm-provider') as keyof typeof providers;
      assert.equal(data.model, `${providers[server].calls('take over')[0]?.body.model}-2026-11-01`);
      assert.equal(new Set(askedFor('take over')).size, 2);
      assert.equal(askedFor('take over').filter((name) => name === server).length, 1);
    });

    test('another provider takes over a stream of which nothing was told, and each piece names its model', async () => {
      failFirst('take it over', cutAfterHead);
      const stream = await client.chat.completions.create({
        model: 'auto',
        messages: [user('take it over')],
        stream: true,
        // No second attempt at the same provider.
        ...{ ...best, max_retries: 0 },
      });
      const models = new Set<string>();
      for await (const chunk of stream) models.add(chunk.model);
      const asked = askedFor('take it over') as (keyof typeof providers)[];
      assert.equal(new Set(asked).size, 2, asked.join());
      const [first, second] = Object.values(providers)
        .flatMap((provider) => provider.calls('take it over'))
        .sort((one, other) => one.at - other.at);
      assert.deepEqual([...models], [second?.body.model]);
      assert.notEqual(first?.body.model, second?.body.model);
    });

    test('a stream that fails before its first piece is rescued', async () => {
      const faults = { cut: cutAfter(), head: cutAfterHead, error: failAfter(), empty: stopAfter() };
      for (const [name, fault] of Object.entries(faults)) {
        openai.on(`early ${name}`, fault, say('rescued'));
        assert.equal(await read('openai/gpt-6-luna', `early ${name}`), 'rescued', name);
      }
    });

    test('a stream that fails after its first piece is an error, never a whole answer', async () => {
      const faults = { cut: cutAfter('Half '), error: failAfter('Half '), end: stopAfter('Half ') };
      for (const [name, fault] of Object.entries(faults)) {
        openai.on(`late ${name}`, fault, say('another answer'));
        await assert.rejects(read('openai/gpt-6-luna', `late ${name}`), OpenAI.APIError, name);
        const helper = client.chat.completions.stream({
          model: 'openai/gpt-6-luna',
          messages: [user(`late ${name}`)],
        });
        assert.equal(await helper.finalContent(), 'another answer', 'a repeat is a new call');
        assert.equal(openai.calls(`late ${name}`).length, 2);
      }
    });

    test('a provider that says nothing is an error once the time is over that the client gave', async () => {
      openai.on('silence', beSilent);
      const startedAt = performance.now();
      const error = await errorOf(ask('openai/gpt-6-luna', 'silence', { timeout: '1s', max_retries: 0 }));
      assert.deepEqual([error.status, error.code], [504, 'timeout']);
      assert.ok(performance.now() - startedAt < 15_000);
    });

    test('what one provider refuses for its content is asked of no other', async () => {
      for (const stream of [false, true]) {
        const mark = `forbidden ${stream}`;
        failFirst(mark, refuse(400, { code: 'content_filter', type: 'invalid_request_error' }));
        const error = await errorOf(ask('auto', mark, { stream, failover: true }));
        assert.ok(error instanceof OpenAI.BadRequestError);
        assert.equal(error.code, 'content_filter');
        assert.equal(error.headers.get('x-should-retry'), 'false');
        assert.equal(askedFor(mark).length, 1);
      }
    });

    test('an answer that a filter cut is told as it is', async () => {
      openai.on('cut by a filter', (response, body) => {
        const choices = [
          { index: 0, message: { role: 'assistant', content: '' }, finish_reason: 'content_filter' },
        ];
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ id: 'p', model: body.model, choices }));
      });
      const chat = await ask('openai/gpt-6-luna', 'cut by a filter');
      assert.equal(chat.choices[0]?.finish_reason, 'content_filter');
    });
  });
}
