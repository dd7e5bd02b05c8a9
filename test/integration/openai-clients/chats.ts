import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { zodResponseFormat } from 'openai/helpers/zod';
import * as z from 'zod';
import type { World } from './start-world.ts';
import { reply, say } from './steps.ts';

const user = (content: string) => ({ role: 'user' as const, content });

export function testChats({ client, openai, deepseek, local, taskOf }: World): void {
  describe('whole chats of the official client', () => {
    test('an answer comes with its usage, its finish reason and the model that really served it', async () => {
      const chat = await client.chat.completions.create({
        model: 'openai/gpt-6-luna',
        messages: [{ role: 'system', content: 'Be kind' }, user('Hello')],
      });
      assert.equal(chat.object, 'chat.completion');
      assert.equal(chat.choices[0]?.message.content, 'This is openai');
      assert.equal(chat.choices[0]?.finish_reason, 'stop');
      assert.equal(chat.model, 'gpt-6-luna-2026-11-01');
      assert.deepEqual(chat.usage, { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 });
      assert.match(chat.id, /^chatcmpl-/);
    });

    test('a model is named alone, with its provider, or left to the service', async () => {
      const ask = (model: string) =>
        client.chat.completions.create({ model, messages: [user('Who?')] }).withResponse();
      const alone = await ask('deepseek-v4-flash');
      assert.equal(alone.data.choices[0]?.message.content, 'This is deepseek');
      assert.equal(alone.response.headers.get('x-llm-provider'), 'deepseek');
      const pinned = await ask('local/some/model:7b');
      assert.equal(pinned.data.model, 'some/model:7b-2026-11-01');
      const auto = await ask('auto');
      assert.equal((await taskOf(auto.response)).routing.pinned, false);
    });

    test('n, stop, seed, logprobs and what nobody knows pass to the provider, and its answers back', async () => {
      const logprobs = {
        content: [{ token: 'a', logprob: -0.1, bytes: null, top_logprobs: [] }],
        refusal: null,
      };
      openai.on(
        'pass on',
        reply(({ model }) => ({
          id: 'p',
          object: 'chat.completion',
          created: 1,
          model,
          choices: [0, 1].map((index) => ({
            index,
            message: { role: 'assistant', content: `${index}`, refusal: null },
            logprobs,
            finish_reason: 'stop',
          })),
          usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
        })),
      );
      const passed = { n: 2, stop: ['END'], seed: 7, logprobs: true, top_logprobs: 3, user: 'somebody' };
      const chat = await client.chat.completions.create({
        model: 'openai/gpt-6-luna',
        messages: [user('pass on')],
        ...passed,
        // @ts-expect-error a parameter that is not known yet
        brand_new: { deep: [1] },
      });
      const [call] = openai.calls('pass on');
      const { n, stop, seed, top_logprobs, brand_new } = call?.body ?? {};
      assert.deepEqual(
        { n, stop, seed, top_logprobs, brand_new },
        { n: 2, stop: ['END'], seed: 7, top_logprobs: 3, brand_new: { deep: [1] } },
      );
      assert.deepEqual(
        chat.choices.map(({ index, message }) => [index, message.content]),
        [
          [0, '0'],
          [1, '1'],
        ],
      );
      assert.deepEqual(chat.choices[1]?.logprobs, logprobs);
    });

    test('an image passes to the provider as it came', async () => {
      const parts = [
        { type: 'text' as const, text: 'picture mark' },
        {
          type: 'image_url' as const,
          image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' as const },
        },
      ];
      await client.chat.completions.create({
        model: 'openai/gpt-6-luna',
        messages: [{ role: 'user', content: parts }],
      });
      assert.deepEqual(openai.calls('picture mark')[0]?.body.messages, [{ role: 'user', content: parts }]);
    });

    test('an answer follows a schema that is written with zod', async () => {
      const Person = z.object({ name: z.string(), age: z.number(), tags: z.array(z.string()) });
      const chat = await client.chat.completions.parse({
        model: 'simulated/simulated',
        messages: [user('Somebody')],
        response_format: zodResponseFormat(Person, 'person'),
      });
      const parsed = chat.choices[0]?.message.parsed;
      assert.ok(Person.safeParse(parsed).success, JSON.stringify(parsed));
    });

    test('a service tier is a priority, and the answer names the tier that was used', async () => {
      const ask = async (service_tier: 'flex' | 'default' | 'priority' | undefined) => {
        const { data, response } = await client.chat.completions
          .create({
            model: 'simulated',
            messages: [user(`tier ${service_tier}`)],
            ...(service_tier && { service_tier }),
          })
          .withResponse();
        return [(await taskOf(response)).priority, data.service_tier];
      };
      assert.deepEqual(await ask('flex'), ['low', 'flex']);
      assert.deepEqual(await ask('default'), ['normal', 'default']);
      assert.deepEqual(await ask('priority'), ['high', 'priority']);
      assert.deepEqual(await ask(undefined), ['high', 'default']);
    });

    test("the service's own options are named in the body or by headers, and reach no provider", async () => {
      const messages = [user('own options')];
      const body = {
        model: 'deepseek/auto',
        messages,
        priority: 'low',
        max_retries: 0,
        metadata: { team: 'a' },
      };
      const inBody = await client.chat.completions.create(body).withResponse();
      const task = await taskOf(inBody.response);
      assert.deepEqual([task.priority, task.metadata], ['low', { team: 'a' }]);
      for (const name of ['priority', 'max_retries', 'metadata'])
        assert.ok(!(name in (deepseek.calls('own options')[0]?.body ?? {})), name);

      const headers = {
        'x-llm-priority': 'normal',
        'x-llm-provider': 'local',
        'x-llm-cache-enabled': 'false',
      };
      const byHeaders = await client.chat.completions
        .create({ model: 'auto', messages }, { headers })
        .withResponse();
      assert.equal((await taskOf(byHeaders.response)).priority, 'normal');
      assert.equal(local.calls('own options').length, 1);
    });

    test('a cached answer is asked for, and says nothing of the provider twice', async () => {
      openai.on('remember me', say('once'));
      const ask = () =>
        client.chat.completions.create(
          { model: 'openai/gpt-6-luna', messages: [user('remember me')] },
          { headers: { 'x-llm-cache-enabled': 'true' } },
        );
      const [first, second] = [await ask(), await ask()];
      assert.equal(second.choices[0]?.message.content, first.choices[0]?.message.content);
      assert.equal(openai.calls('remember me').length, 1);
    });
  });
}
