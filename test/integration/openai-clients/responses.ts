import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import * as z from 'zod';
import { errorOf } from './error-of.ts';
import type { World } from './start-world.ts';
import { callTools, cutAfter, failAfter, later, refuse, say, stopAtLength } from './steps.ts';

const model = 'openai/gpt-6-luna';
const weather = {
  type: 'function' as const,
  name: 'weather',
  strict: true,
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
};

async function collect(events: AsyncIterable<ResponseStreamEvent>): Promise<ResponseStreamEvent[]> {
  const all: ResponseStreamEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const typesOf = (events: readonly ResponseStreamEvent[]) => events.map(({ type }) => type);

export function testResponses({ client, connect, openai, deepseek, call, taskOf }: World): void {
  describe('responses of the official client', () => {
    test('a text is answered by a whole response that repeats what was asked', async () => {
      const { data, response } = await client.responses
        .create({ model, input: 'Hello', instructions: 'Be kind', temperature: 0.5, metadata: { team: 'a' } })
        .withResponse();
      assert.equal(data.output_text, 'This is openai');
      assert.match(data.id, /^resp_/);
      const { object, status, error, instructions, temperature, metadata, background } = data;
      const { store } = data as unknown as { store: boolean };
      assert.deepEqual(
        { object, status, error, instructions, temperature, metadata, store, background },
        {
          ...{ object: 'response', status: 'completed', error: null, instructions: 'Be kind' },
          ...{ temperature: 0.5, metadata: { team: 'a' }, store: true, background: false },
        },
      );
      assert.deepEqual(data.text, { format: { type: 'text' } });
      assert.equal(data.model, 'gpt-6-luna-2026-11-01');
      const { input_tokens, output_tokens, total_tokens } = data.usage ?? {};
      assert.deepEqual([input_tokens, output_tokens, total_tokens], [12, 3, 15]);
      const task = await taskOf(response);
      assert.deepEqual([task.type, task.priority, task.metadata], ['response', 'high', { team: 'a' }]);
      assert.deepEqual(openai.calls('Be kind').at(-1)?.body.messages, [
        { role: 'system', content: 'Be kind' },
        { role: 'user', content: 'Hello' },
      ]);
      const { output_text: _, ...read } = await client.responses.retrieve(data.id);
      const { output_text: __, ...told } = data;
      assert.deepEqual(read, told);
    });

    test('messages of every role, images and files pass to the provider as a chat has them', async () => {
      await client.responses.create({
        model,
        input: [
          { role: 'developer', content: 'all roles' },
          {
            role: 'user',
            content: [
              { type: 'input_text', text: 'Look' },
              { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'low' },
              { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' },
            ],
          },
          { type: 'message', role: 'assistant', content: 'I see' },
          { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Well?' }] },
        ],
      });
      assert.deepEqual(openai.calls('all roles')[0]?.body.messages, [
        { role: 'system', content: 'all roles' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
            { type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA', filename: 'a.pdf' } },
          ],
        },
        { role: 'assistant', content: 'I see' },
        { role: 'user', content: 'Well?' },
      ]);
    });

    test('what bounds and shapes the answer is written as a chat has it', async () => {
      const format = {
        type: 'json_schema' as const,
        name: 'city',
        schema: { type: 'object' },
        strict: false,
      };
      const response = await client.responses.create({
        ...{ model, input: 'parameters', max_output_tokens: 99, top_p: 0.4, top_logprobs: 2 },
        ...{ text: { format, verbosity: 'low' }, reasoning: { effort: 'low', summary: 'auto' } },
        ...{
          tools: [weather],
          tool_choice: { type: 'function', name: 'weather' },
          parallel_tool_calls: false,
        },
        include: ['reasoning.encrypted_content'],
      });
      const { messages: _messages, model: _model, ...sent } = openai.calls('parameters')[0]?.body ?? {};
      const { type, ...named } = weather;
      assert.deepEqual(sent, {
        ...{ max_completion_tokens: 99, top_p: 0.4, logprobs: true, top_logprobs: 2 },
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'city', schema: format.schema, strict: false },
        },
        ...{ verbosity: 'low', reasoning_effort: 'low', parallel_tool_calls: false },
        tools: [{ type, function: named }],
        tool_choice: { type: 'function', function: { name: 'weather' } },
      });
      const { max_output_tokens, tools, tool_choice, text, reasoning } = response;
      assert.deepEqual(
        { max_output_tokens, tools, tool_choice, text, reasoning },
        {
          max_output_tokens: 99,
          tools: [{ ...weather, description: null }],
          tool_choice: { type: 'function', name: 'weather' },
          text: { format, verbosity: 'low' },
          reasoning: { effort: 'low', summary: 'auto' },
        },
      );
    });

    test('a stream has its events in order, numbered from 0', async () => {
      openai.on('stream of events', say('one two'));
      const events = await collect(
        await client.responses.create({ model, input: 'stream of events', stream: true }),
      );
      assert.deepEqual(typesOf(events), [
        'response.created',
        'response.in_progress',
        'response.output_item.added',
        'response.content_part.added',
        'response.output_text.delta',
        'response.output_text.delta',
        'response.output_text.done',
        'response.content_part.done',
        'response.output_item.done',
        'response.completed',
      ]);
      assert.deepEqual(
        events.map(({ sequence_number }) => sequence_number),
        events.map((_, at) => at),
      );
      const last = events.at(-1);
      assert.ok(last?.type === 'response.completed');
      assert.deepEqual((await client.responses.retrieve(last.response.id)).output, last.response.output);
    });

    test('the helper of streams collects text, thoughts and calls of tools', async () => {
      const text = client.responses.stream({ model, input: 'helper of responses' });
      assert.equal((await text.finalResponse()).output_text, 'This is openai');

      openai.on('think first', callTools({ name: 'weather', arguments: '{"city":"Oslo"}' }));
      const called = client.responses.stream({ model, input: 'think first', tools: [weather] });
      const deltas: string[] = [];
      called.on('response.function_call_arguments.delta', ({ delta }) => deltas.push(delta));
      const { output } = await called.finalResponse();
      assert.equal(deltas.join(''), '{"city":"Oslo"}');
      const [item] = output;
      assert.ok(item?.type === 'function_call');
      assert.deepEqual([item.name, item.arguments, item.status], ['weather', '{"city":"Oslo"}', 'completed']);
    });

    test('calls of tools are answered in the next response, by the items themselves or by the id before', async () => {
      openai.on(
        'two cities',
        callTools(
          { name: 'weather', arguments: '{"city":"Oslo"}' },
          { name: 'weather', arguments: '{"city":"Rome"}' },
        ),
        say('Both are fine'),
        say('Still fine'),
      );
      const asked = await client.responses.create({ model, input: 'two cities', tools: [weather] });
      const outputs = asked.output.flatMap((item) =>
        item.type === 'function_call'
          ? [{ type: 'function_call_output' as const, call_id: item.call_id, output: 'sun' }]
          : [],
      );
      assert.equal(outputs.length, 2);
      const byItems = await client.responses.create({
        model,
        input: [{ role: 'user', content: 'two cities' }, ...(asked.output as never[]), ...outputs],
      });
      assert.equal(byItems.output_text, 'Both are fine');
      const byId = await client.responses.create({
        ...{ model, previous_response_id: asked.id, input: outputs },
      });
      assert.equal(byId.output_text, 'Still fine');
      assert.equal(byId.previous_response_id, asked.id);
      const [, second, third] = openai.calls('two cities');
      assert.deepEqual(third?.body.messages, second?.body.messages);
      assert.deepEqual(
        second?.body.messages.map(({ role }: { role: string }) => role),
        ['user', 'assistant', 'tool', 'tool'],
      );
    });

    test('an answer follows a schema that is written with zod', async () => {
      const Person = z.object({ name: z.string(), age: z.number() });
      const format = zodTextFormat(Person, 'person');
      const input = { model: 'simulated/simulated', input: 'Somebody', text: { format } };
      const whole = await client.responses.parse(input);
      assert.ok(Person.safeParse(whole.output_parsed).success, whole.output_text);
      const streamed = await client.responses.stream(input).finalResponse();
      assert.ok(Person.safeParse(streamed.output_parsed).success, streamed.output_text);
    });

    test('a conversation goes on by the id before it, without the instructions of then', async () => {
      openai.on('goes on', say('First'), say('Second'), say('Third'));
      const first = await client.responses.create({ model, input: 'goes on', instructions: 'Once' });
      const second = await client.responses.create({
        ...{ model, input: 'and on', previous_response_id: first.id, instructions: 'Now' },
      });
      await client.responses.create({ model, input: 'at last', previous_response_id: second.id });
      assert.deepEqual(openai.calls('at last')[0]?.body.messages, [
        { role: 'user', content: 'goes on' },
        { role: 'assistant', content: 'First' },
        { role: 'user', content: 'and on' },
        { role: 'assistant', content: 'Second' },
        { role: 'user', content: 'at last' },
      ]);
      const items = await client.responses.inputItems.list(second.id);
      assert.deepEqual(
        items.data.map((item) => 'content' in item && item.content),
        [[{ type: 'input_text', text: 'and on' }]],
        'its own input alone',
      );
    });

    test('the items of an input come in pages', async () => {
      const input = ['a', 'b', 'c'].map((content) => ({ role: 'user' as const, content }));
      const { id } = await client.responses.create({ model, input });
      const ids: (string | undefined)[] = [];
      for await (const item of client.responses.inputItems.list(id, { limit: 2, order: 'asc' }))
        ids.push('content' in item ? (item.content as { text: string }[])[0]?.text : undefined);
      assert.deepEqual(ids, ['a', 'b', 'c']);
    });

    test('an answer that was cut off is incomplete, whole and streamed', async () => {
      openai.on('cut short', stopAtLength('Only half'));
      const whole = await client.responses.create({ model, input: 'cut short' });
      const streamed = await client.responses.stream({ model, input: 'cut short' }).finalResponse();
      for (const { status, incomplete_details, output_text } of [whole, streamed])
        assert.deepEqual(
          [status, incomplete_details, output_text],
          ['incomplete', { reason: 'max_output_tokens' }, 'Only half'],
        );
    });

    test('what was not to be stored is nowhere to be read, and cannot be gone on with', async () => {
      for (const stream of [false, true]) {
        const asked = client.responses
          .create({ model, input: 'secret', store: false, stream })
          .withResponse();
        const { data, response } = await asked;
        if (Symbol.asyncIterator in data) await collect(data);
        const id = response.headers.get('x-llm-task-id')?.replace('task_', 'resp_') ?? '';
        assert.ok((await errorOf(client.responses.retrieve(id))) instanceof OpenAI.NotFoundError);
        const error = await errorOf(
          client.responses.create({ model, input: 'on', previous_response_id: id }),
        );
        assert.deepEqual([error.status, error.code], [400, 'previous_response_not_found']);
        let task = await taskOf(response);
        for (let tries = 0; task.result && tries < 50; tries += 1) task = await taskOf(response);
        assert.deepEqual(
          [task.status, task.result],
          ['completed', null],
          'it was erased when it was answered',
        );
        assert.ok(task.attempts > 0);
      }
    });

    test('a deleted response is gone, with its items', async () => {
      const { id } = await client.responses.create({ model, input: 'delete me' });
      await client.responses.delete(id);
      const requests: (() => PromiseLike<unknown>)[] = [
        () => client.responses.retrieve(id),
        () => client.responses.inputItems.list(id),
        () => client.responses.delete(id),
        () => client.responses.cancel(id),
      ];
      for (const request of requests) assert.equal((await errorOf(request())).status, 404);
      const task = await call('GET', `/api/v1/tasks/${id.replace('resp_', 'task_')}`);
      assert.deepEqual([task.status, task.result], ['completed', null]);
    });

    test('another tenant’s or an unknown response is not found', async () => {
      for (const id of ['resp_none', 'task_1', 'resp_%20', 'none'])
        assert.equal((await errorOf(client.responses.retrieve(id))).status, 404, id);
    });

    test('what is not served is refused by name', async () => {
      const input = 'refuse me';
      const refused: [object, string][] = [
        [{ conversation: 'conv_1' }, 'conversation'],
        [{ prompt: { id: 'p' } }, 'prompt'],
        [{ truncation: 'auto' }, 'truncation'],
        [{ moderation: {} }, 'moderation'],
        [{ context_management: [] }, 'context_management'],
        [{ n: 2 }, 'n'],
        [{ tools: [weather, { type: 'web_search' }] }, 'tools[1].type'],
        [{ tool_choice: { type: 'file_search' } }, 'tool_choice.type'],
        [{ include: ['file_search_call.results'] }, 'include[0]'],
        [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, 'input[0].type'],
        [
          { input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'file_1' }] }] },
          'input[0].content[0].image_url',
        ],
        [{ input: [{ role: 'user', content: [{ type: 'input_audio' }] }] }, 'input[0].content[0].type'],
        [{ text: { format: { type: 'grammar' } } }, 'text.format.type'],
        [{ background: true, store: false }, 'store'],
        [{ input: [] }, 'input'],
        [{ input: undefined }, 'input'],
        [{ model: undefined }, 'model'],
        [{ model: 'none' }, 'model'],
        [{ timeout: 'soon' }, 'timeout'],
        [{ callback_url: 'ftp://example.com' }, 'callback_url'],
        [{ callback_url: 'https://example.com', callback_events: ['queued'] }, 'callback_events'],
        [{ previous_response_id: 'resp_none' }, 'previous_response_id'],
      ];
      for (const [members, param] of refused) {
        const error = await errorOf(client.responses.create({ model, input, ...members } as never));
        assert.equal(error.param, param, JSON.stringify(members));
        assert.ok(error.status === 400 || error.code === 'model_not_found', JSON.stringify(members));
        assert.equal(error.headers?.get('x-should-retry'), 'false');
      }
      assert.equal(openai.calls(input).length, 0);
    });

    test('a provider’s refusal has a status, also of a stream, while a stream that broke off says so', async () => {
      openai.on('bad response', refuse(400, { message: 'Not so', type: 'invalid_request_error' }));
      for (const stream of [false, true]) {
        const error = await errorOf(client.responses.create({ model, input: 'bad response', stream }));
        assert.match(error.message, /Not so/);
        assert.equal(error.status, 400);
      }
      openai.on('cut response', cutAfter('Half'));
      const events = await collect(
        await client.responses.create({ model, input: 'cut response', stream: true }),
      );
      const last = events.at(-1);
      assert.ok(last?.type === 'response.failed', last?.type);
      assert.deepEqual([last.response.status, last.response.error?.code], ['failed', 'server_error']);
      assert.match(last.response.error?.message ?? '', /^provider_error: /);
      const items = events.flatMap((event) =>
        event.type === 'response.output_item.done' ? [event.item] : [],
      );
      assert.deepEqual(
        items.map((item) => 'status' in item && item.status),
        ['incomplete'],
      );
      openai.on('failing response', failAfter('Half'));
      const failing = await client.responses.stream({ model, input: 'failing response' }).finalResponse();
      assert.equal(failing.status, 'failed');
    });

    test('thoughts come before the answer, as an item of their own', async () => {
      deepseek.on(
        'ponder',
        later(0, (response, body) => {
          const chunk = (delta: object, finish_reason: string | null = null) =>
            response.write(
              `data: ${JSON.stringify({ id: 'p', model: body.model, choices: [{ index: 0, delta, finish_reason }] })}\n\n`,
            );
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          chunk({ role: 'assistant', reasoning_content: 'Hm, ' });
          chunk({ reasoning_content: 'well' });
          chunk({ content: 'Yes' });
          chunk({}, 'stop');
          response.end('data: [DONE]\n\n');
        }),
      );
      const stream = client.responses.stream({ model: 'deepseek/deepseek-v4-flash', input: 'ponder' });
      const types: string[] = [];
      stream.on('event', ({ type }) => types.push(type));
      const { output, output_text, id } = await stream.finalResponse();
      assert.equal(output_text, 'Yes');
      assert.deepEqual(
        output.map(({ type }) => type),
        ['reasoning', 'message'],
      );
      assert.equal(types.filter((type) => type === 'response.reasoning_text.delta').length, 2);
      const kept = await client.responses.retrieve(id);
      assert.deepEqual(kept.output[0], output[0]);
    });

    test('a repeat of a broken request, or the same key, is the same response', async () => {
      openai.on('broken response', later(1_200, say('at last')));
      let requests = 0;
      const badly = connect({
        fetch: async (url, init) => {
          requests += 1;
          if (requests > 1) return fetch(url, init);
          await fetch(url, { ...init, signal: AbortSignal.timeout(500) });
          throw new Error('It was answered before the connection broke');
        },
      });
      assert.equal(
        (await badly.responses.create({ model, input: 'broken response' })).output_text,
        'at last',
      );
      assert.deepEqual([requests, openai.calls('broken response').length], [2, 1]);
      const keyed = () =>
        client.responses.create(
          { model, input: 'by one key, a response' },
          { headers: { 'Idempotency-Key': 'of-a-response' } },
        );
      assert.equal((await keyed()).id, (await keyed()).id);
      assert.equal(openai.calls('by one key, a response').length, 1);
    });
  });
}
