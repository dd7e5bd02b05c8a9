import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { zodResponseFormat } from 'openai/helpers/zod';
import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import * as z from 'zod';
import type { World } from './start-world.ts';
import { say, sayHalting } from './steps.ts';

const body = (content: string) => ({
  model: 'openai/gpt-6-luna',
  messages: [{ role: 'user' as const, content }],
});

async function collect(chunks: AsyncIterable<ChatCompletionChunk>): Promise<ChatCompletionChunk[]> {
  const all: ChatCompletionChunk[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

export function testStreams({ client, openai, call }: World): void {
  describe('streams of the official client', () => {
    test('an answer comes in pieces, with a role first, a finish reason last and no usage unasked', async () => {
      openai.on('in pieces', say('one two three'));
      const chunks = await collect(
        await client.chat.completions.create({ ...body('in pieces'), stream: true }),
      );
      assert.equal(chunks[0]?.choices[0]?.delta.role, 'assistant');
      assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join(''), 'one two three');
      assert.equal(chunks.filter((chunk) => chunk.choices[0]?.delta.content).length, 3);
      assert.equal(chunks.at(-1)?.choices[0]?.finish_reason, 'stop');
      assert.ok(chunks.every((chunk) => !('usage' in chunk) && chunk.choices.length === 1));
      assert.equal(new Set(chunks.map(({ id, created }) => `${id} ${created}`)).size, 1);
    });

    test('an answer that begins with blanks streams whole', async () => {
      for (const answer of ['\n\n one two', ' one']) {
        openai.on('blanks first', say(answer));
        const stream = client.chat.completions.stream(body('blanks first'));
        assert.equal(await stream.finalContent(), answer);
      }
    });

    test('a thought that only its end marks stays told, and the answer is whole', async () => {
      openai.on('closed alone', sayHalting(20, 'Yes or no? ', 'No.\n', '</think>', '\n\nYes.'));
      const stream = client.chat.completions.stream(body('closed alone'));
      const chat = await stream.finalChatCompletion();
      assert.equal(chat.choices[0]?.finish_reason, 'stop');
      assert.equal(chat.choices[0]?.message.content, 'Yes or no? No.\nYes.');
      const task = await call('GET', `/api/v1/tasks/${chat.id.replace('chatcmpl-', 'task_')}`);
      assert.equal(task.result.content, 'Yes.');
    });

    test('usage that is asked for comes in a last chunk without choices, and is null before', async () => {
      const options = { stream: true as const, stream_options: { include_usage: true } };
      const chunks = await collect(await client.chat.completions.create({ ...body('count'), ...options }));
      const last = chunks.at(-1);
      assert.deepEqual([last?.choices, last?.usage?.total_tokens], [[], 15]);
      assert.ok(chunks.slice(0, -1).every((chunk) => chunk.usage === null && chunk.choices.length === 1));
    });

    test('a piece is there long before the answer is whole', async () => {
      openai.on('halting', sayHalting(800, 'early', ' late'));
      const stream = await client.chat.completions.create({ ...body('halting'), stream: true });
      const at: number[] = [];
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content) at.push(performance.now());
      const [first = 0, second = 0] = at;
      assert.ok(second - first > 500, `the pieces came ${second - first} ms apart`);
    });

    test('the helper collects the answer, its usage and the model that served it', async () => {
      const options = { stream_options: { include_usage: true } };
      const stream = client.chat.completions.stream({ ...body('helper'), ...options });
      assert.equal(await stream.finalContent(), 'This is openai');
      const chat = await stream.finalChatCompletion();
      assert.equal(chat.model, 'gpt-6-luna-2026-11-01');
      assert.equal((await stream.totalUsage()).total_tokens, 15);
    });

    test('several choices come apart, and are put together by the helper', async () => {
      const stream = client.chat.completions.stream({
        ...body('choices'),
        model: 'simulated/simulated',
        n: 2,
      });
      const { choices } = await stream.finalChatCompletion();
      assert.deepEqual(
        choices.map(({ index }) => index),
        [0, 1],
      );
      assert.notEqual(choices[0]?.message.content, choices[1]?.message.content);
    });

    test('a stream that follows a schema is parsed by the helper', async () => {
      const City = z.object({ city: z.string(), people: z.number() });
      const stream = client.chat.completions.stream({
        ...body('schema'),
        model: 'simulated/simulated',
        response_format: zodResponseFormat(City, 'city'),
      });
      const parsed = (await stream.finalChatCompletion()).choices[0]?.message.parsed;
      assert.ok(City.safeParse(parsed).success, JSON.stringify(parsed));
    });
  });
}
