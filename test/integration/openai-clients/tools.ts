import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { zodFunction } from 'openai/helpers/zod';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import * as z from 'zod';
import type { World } from './start-world.ts';
import { callTools, say } from './steps.ts';

const weather = {
  type: 'function' as const,
  function: {
    name: 'weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const model = 'openai/gpt-6-luna';

export function testTools({ client, openai }: World): void {
  describe('tools of the official client', () => {
    test('a call of a tool goes to the client, what the tool said to the provider, its answer back', async () => {
      const paris = { name: 'weather', arguments: '{"city":"Paris"}' };
      openai.on('round trip', callTools(paris), say('It rains'));
      const messages: ChatCompletionMessageParam[] = [{ role: 'user', content: 'round trip' }];
      const asked = await client.chat.completions.create({ model, messages, tools: [weather] });
      assert.equal(asked.choices[0]?.finish_reason, 'tool_calls');
      const message = asked.choices[0]?.message;
      const [call] = message?.tool_calls ?? [];
      assert.ok(message && call?.type === 'function');
      assert.deepEqual(call.function, paris);

      messages.push(message, { role: 'tool', tool_call_id: call.id, content: 'rain' });
      const told = await client.chat.completions.create({ model, messages, tools: [weather] });
      assert.equal(told.choices[0]?.message.content, 'It rains');
      const sent = openai.calls('round trip')[1]?.body;
      assert.deepEqual(sent?.tools, [weather]);
      assert.equal(sent?.messages[1].tool_calls[0].id, sent?.messages[2].tool_call_id);
    });

    test('calls that come in pieces are put together by the helper', async () => {
      const calls = ['Paris', 'Rome'].map((city) => ({
        name: 'weather',
        arguments: JSON.stringify({ city }),
      }));
      openai.on('two cities', callTools(...calls));
      const messages = [{ role: 'user' as const, content: 'two cities' }];
      const stream = client.chat.completions.stream({ model, messages, tools: [weather] });
      const { message, finish_reason } = (await stream.finalChatCompletion()).choices[0] ?? {};
      assert.equal(finish_reason, 'tool_calls');
      assert.deepEqual(
        message?.tool_calls?.map((call) => call.type === 'function' && [call.id, call.function.arguments]),
        [
          ['call_0', '{"city":"Paris"}'],
          ['call_1', '{"city":"Rome"}'],
        ],
      );
    });

    test('the loop of calls that the client runs by itself comes to its answer', async () => {
      openai.on('by itself', callTools({ name: 'weather', arguments: '{"city":"Oslo"}' }), say('It snows'));
      const asked: string[] = [];
      const runner = client.chat.completions.runTools({
        model,
        stream: true,
        messages: [{ role: 'user', content: 'by itself' }],
        tools: [
          zodFunction({
            name: 'weather',
            parameters: z.object({ city: z.string() }),
            function: ({ city }) => {
              asked.push(city);
              return 'snow';
            },
          }),
        ],
      });
      assert.equal(await runner.finalContent(), 'It snows');
      assert.deepEqual(asked, ['Oslo']);
    });
  });
}
