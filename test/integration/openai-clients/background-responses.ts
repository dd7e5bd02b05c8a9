import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses';
import { errorOf } from './error-of.ts';
import { type World, webhookSecret } from './start-world.ts';
import { beSilent, callTools, refuse, say, sayHalting } from './steps.ts';

const model = 'openai/gpt-6-luna';
const background = true;

export function testBackgroundResponses({ client, openai, call, taskOf }: World): void {
  /** As OpenAI's guide polls. */
  async function poll(id: string): Promise<Response> {
    for (let tries = 0; tries < 100; tries += 1) {
      const response = await client.responses.retrieve(id);
      if (response.status !== 'queued' && response.status !== 'in_progress') return response;
      await sleep(100);
    }
    assert.fail('It does not end');
  }

  async function collect(
    events: AsyncIterable<ResponseStreamEvent>,
    until: (event: ResponseStreamEvent) => boolean = () => false,
  ): Promise<ResponseStreamEvent[]> {
    const all: ResponseStreamEvent[] = [];
    for await (const event of events) {
      all.push(event);
      if (until(event)) break;
    }
    return all;
  }

  const read = async (id: string, after?: number) =>
    collect(
      await client.responses.retrieve(id, {
        stream: true,
        ...(after !== undefined && { starting_after: after }),
      }),
    );

  describe('background responses of the official client', () => {
    test('one is accepted at once, waits as an ordinary task, and is polled to its end', async () => {
      openai.on('in the background', say('Done'));
      const { data, response } = await client.responses
        .create({ model, input: 'in the background', background })
        .withResponse();
      assert.deepEqual([data.status, data.background, data.output], ['queued', true, []]);
      const task = await taskOf(response);
      assert.equal(task.priority, 'normal', 'nobody waits');
      const ended = await poll(data.id);
      assert.deepEqual(
        [ended.status, ended.output_text, ended.service_tier],
        ['completed', 'Done', 'default'],
      );
      assert.ok(ended.usage?.total_tokens);
    });

    test('a tier is its priority', async () => {
      const ask = async (service_tier: 'flex' | 'priority' | 'default') => {
        const { data, response } = await client.responses
          .create({ model, input: `background ${service_tier}`, background, service_tier })
          .withResponse();
        const { priority } = await taskOf(response);
        return [priority, (await poll(data.id)).service_tier];
      };
      assert.deepEqual(await ask('flex'), ['low', 'flex']);
      assert.deepEqual(await ask('priority'), ['high', 'priority']);
      assert.deepEqual(await ask('default'), ['normal', 'default']);
    });

    test('it is streamed while it is written, and read on after an event by another request', async () => {
      openai.on('background stream', sayHalting(600, 'One ', 'two ', 'three ', 'four'));
      const stream = await client.responses.create({
        ...{ model, input: 'background stream', background, stream: true },
      });
      const isDelta = ({ type }: ResponseStreamEvent) => type === 'response.output_text.delta';
      const begun = await collect(stream, isDelta);
      assert.deepEqual(
        begun.map(({ type }) => type),
        [
          ...['response.created', 'response.queued', 'response.in_progress', 'response.output_item.added'],
          ...['response.content_part.added', 'response.output_text.delta'],
        ],
      );
      const [created] = begun;
      assert.ok(created?.type === 'response.created');
      const { id } = created.response;
      const rest = await read(id, begun.at(-1)?.sequence_number);
      const all = [...begun, ...rest];
      assert.deepEqual(
        all.map(({ sequence_number }) => sequence_number),
        all.map((_, at) => at),
      );
      const text = all
        .map((event) => (event.type === 'response.output_text.delta' ? event.delta : ''))
        .join('');
      assert.equal(text, 'One two three four');
      assert.ok(rest.filter(isDelta).length >= 2, 'it came in pieces');
      assert.equal(all.at(-1)?.type, 'response.completed');
      assert.equal(openai.calls('background stream').length, 1);

      // What was told once is told the same again, of its end on too.
      const again = await read(id);
      const withoutState = (events: ResponseStreamEvent[]) =>
        events.filter((event) => !('response' in event));
      assert.deepEqual(withoutState(again), withoutState(all));
      assert.deepEqual(await read(id, all.length - 2), again.slice(-1));
      assert.deepEqual(await read(id, all.length), []);
      const helped = client.responses.stream({ response_id: id, starting_after: 3 });
      assert.equal((await helped.finalResponse()).output_text, 'One two three four');
    });

    test('one that was not created as a stream is streamed too, whole at its end', async () => {
      openai.on('late stream', callTools({ name: 'f', arguments: '{"a":1}' }));
      const tools = [{ type: 'function' as const, name: 'f', parameters: null, strict: null }];
      const { id } = await client.responses.create({ model, input: 'late stream', background, tools });
      const live = await read(id);
      assert.deepEqual((await read(id)).slice(3), live.slice(3));
      assert.ok(live.some(({ type }) => type === 'response.function_call_arguments.done'));
      const { output } = await client.responses.stream({ response_id: id }).finalResponse();
      assert.equal(output[0]?.type, 'function_call');
    });

    test('an attempt that breaks off is followed by another, whose items are other ones', async () => {
      openai.on(
        'break once',
        async (response, body) => {
          await sayHalting(
            500,
            'Broken',
            ' off',
          )(
            new Proxy(response, {
              get: (target, name) =>
                name === 'end'
                  ? () => target.destroy()
                  : (Reflect.get(target, name).bind?.(target) ?? Reflect.get(target, name)),
            }),
            body,
          );
        },
        say('Whole at last'),
      );
      const stream = client.responses.stream({
        model,
        input: 'break once',
        background,
        stream: true,
      } as never);
      const events: ResponseStreamEvent[] = [];
      stream.on('event', (event) => events.push(event as ResponseStreamEvent));
      const { output_text, id, status } = await stream.finalResponse();
      assert.deepEqual([status, output_text], ['completed', 'Whole at last']);
      const done = events.flatMap((event) => (event.type === 'response.output_item.done' ? [event] : []));
      assert.deepEqual(
        done.map(({ output_index, item }) => [output_index, 'status' in item && item.status]),
        [
          [0, 'incomplete'],
          [1, 'completed'],
        ],
      );
      assert.equal((await client.responses.retrieve(id)).output.length, 1);
      assert.equal((await read(id)).length, events.length);
    });

    test('a cancelled one keeps being cancelled, its stream ends by an error, and one that ended stays as it is', async () => {
      openai.on('never ends', beSilent);
      const { id } = await client.responses.create({ model, input: 'never ends', background });
      const streamed = client.responses.stream({ response_id: id }).finalResponse();
      const ended = assert.rejects(streamed, /cancelled/);
      await sleep(300);
      for (let times = 0; times < 2; times += 1) {
        const { status, usage } = await client.responses.cancel(id);
        assert.deepEqual([status, usage], ['cancelled', null]);
      }
      await ended;
      assert.equal((await client.responses.retrieve(id)).status, 'cancelled');
      const error = await errorOf(client.responses.create({ model, input: 'on', previous_response_id: id }));
      assert.equal(error.code, 'previous_response_without_output');

      const whole = await client.responses.create({ model, input: 'already whole', background });
      await poll(whole.id);
      assert.equal((await client.responses.cancel(whole.id)).status, 'completed');
      const waited = await client.responses.create({ model, input: 'waited for' });
      assert.equal((await errorOf(client.responses.cancel(waited.id))).status, 400);
      const stream = client.responses.retrieve(waited.id, { stream: true });
      assert.equal((await errorOf(stream)).param, 'stream');
    });

    test('one that is deleted while it runs is cancelled and gone', async () => {
      openai.on('delete running', beSilent);
      const { id } = await client.responses.create({ model, input: 'delete running', background });
      await client.responses.delete(id);
      assert.equal((await errorOf(client.responses.retrieve(id))).status, 404);
      const task = await call('GET', `/api/v1/tasks/${id.replace('resp_', 'task_')}`);
      assert.equal(task.status, 'cancelled');
    });

    test('a conversation goes on from one in the background', async () => {
      openai.on('talk on', say('First'), say('Second'));
      const first = await client.responses.create({ model, input: 'talk on', background });
      const early = await errorOf(
        client.responses.create({ model, input: 'too soon', previous_response_id: first.id }),
      );
      assert.equal(early.code, 'previous_response_without_output');
      await poll(first.id);
      const second = await client.responses.create({
        ...{ model, input: 'and then', previous_response_id: first.id, background },
      });
      assert.equal((await poll(second.id)).output_text, 'Second');
    });

    test('its end is told to its webhook, which the client unwraps', async () => {
      const received: { headers: IncomingHttpHeaders; body: string }[] = [];
      const receiver = createServer(async (request, response) => {
        let body = '';
        for await (const chunk of request) body += chunk;
        received.push({ headers: request.headers, body });
        response.writeHead(204).end();
      });
      receiver.listen(0, '127.0.0.1');
      await once(receiver, 'listening');
      try {
        const callback_url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
        const ask = (input: string) =>
          client.responses.create({
            model,
            input,
            background,
            ...({ callback_url, max_retries: 0 } as object),
          });
        openai.on('hook fails', refuse(400, { message: 'Never' }));
        openai.on('hook silent', beSilent);
        const completed = await ask('hook well');
        const failed = await ask('hook fails');
        const cancelled = await ask('hook silent');
        await client.responses.cancel(cancelled.id);
        for (let tries = 0; received.length < 3 && tries < 100; tries += 1) await sleep(100);
        const events = new Map<string, unknown>();
        for (const { headers, body } of received) {
          const event = await client.webhooks.unwrap(body, headers as Record<string, string>, webhookSecret);
          const { id, object, created_at, type, data } = event as unknown as Record<string, unknown>;
          assert.deepEqual(JSON.parse(body), { id, object, created_at, type, data }, 'nothing else');
          assert.deepEqual([object, headers['webhook-id']], ['event', id]);
          assert.ok(Math.abs(Number(created_at) - Date.now() / 1000) < 60);
          events.set((data as { id: string }).id, type);
        }
        assert.deepEqual(
          [completed, failed, cancelled].map(({ id }) => events.get(id)),
          ['response.completed', 'response.failed', 'response.cancelled'],
        );
        await assert.rejects(
          client.webhooks.unwrap('{}', received[0]?.headers as Record<string, string>, webhookSecret),
          /signature/,
        );
        const { deliveries } = await call(
          'GET',
          `/api/v1/tasks/${completed.id.replace('resp_', 'task_')}/deliveries`,
        );
        assert.deepEqual(
          deliveries.map(({ status }: { status: string }) => status),
          ['delivered'],
        );
      } finally {
        receiver.close();
      }
    });

    test('equal repeats of a client, or one key, make one', async () => {
      const ask = (headers: Record<string, string>) =>
        client.responses.create({ model, input: `one of ${Object.keys(headers)}`, background }, { headers });
      const keyed = { 'Idempotency-Key': 'of-a-background-response' };
      assert.equal((await ask(keyed)).id, (await ask(keyed)).id);
      const input = 'repeated in the background';
      const first = await client.responses.create({ model, input, background });
      const again = await client.responses.create(
        { model, input, background },
        { headers: { 'X-Stainless-Retry-Count': '1' } },
      );
      assert.equal(again.id, first.id);
      await poll(first.id);
    });
  });
}
