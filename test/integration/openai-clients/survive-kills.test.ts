import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses';
import { startStoppable } from '../../../bench/answers/service.ts';

const count = 100;

interface Task {
  status: string;
  timeline: { outcome: string }[];
}

/** A background response, and its events as far as they were read. */
interface Watched {
  id: string;
  events: ResponseStreamEvent[];
}

const withoutState = (events: readonly ResponseStreamEvent[]) =>
  events.map((event) => ('response' in event ? event.type : event));

/** The text of the last message that was told. */
function textOf(events: readonly ResponseStreamEvent[]): string {
  const pieces = events.filter((event) => event.type === 'response.output_text.delta');
  const last = pieces.at(-1)?.item_id;
  return pieces.map(({ item_id, delta }) => (item_id === last ? delta : '')).join('');
}

function textOfResponse({ output }: Response): string {
  const [message] = output;
  assert.ok(output.length === 1 && message?.type === 'message');
  return message.content.map((part) => (part.type === 'output_text' ? part.text : '')).join('');
}

test('a kill -9 ends no background response twice, and each stream is read on from where it broke', async () => {
  const apiKey = 'token-of-the-killed';
  const service = await startStoppable({
    LLM_PROVIDERS: 'simulated',
    LLM_AUTH_TOKEN: apiKey,
    LLM_CONFIG_FILE: '/dev/null',
    LLM_CONCURRENCY_SIMULATED: '20',
    SIMULATED_BASE_URL: 'simulated://default?latency_ms=100&tokens_per_second=80',
  });
  const client = new OpenAI({ baseURL: `${service.url}/v1`, apiKey, maxRetries: 0 });

  async function begin(at: number): Promise<Watched> {
    const body = { model: 'simulated', input: `Story ${at}`, background: true, stream: true } as const;
    const watched: Watched = { id: '', events: [] };
    const stream = await client.responses.create(body);
    const accepted = Promise.withResolvers<void>();
    const read = async () => {
      for await (const event of stream) {
        watched.events.push(event);
        if (event.type !== 'response.created') continue;
        watched.id = event.response.id;
        accepted.resolve();
      }
    };
    read().catch(() => {});
    await accepted.promise;
    return watched;
  }

  async function readOn({ id, events }: Watched): Promise<void> {
    const starting_after = events.at(-1)?.sequence_number ?? -1;
    const rest = await client.responses.retrieve(id, { stream: true, starting_after });
    for await (const event of rest) events.push(event);
  }

  try {
    const watched: Watched[] = [];
    for (let at = 0; at < count; at += 20)
      watched.push(...(await Promise.all(Array.from({ length: 20 }, (_, n) => begin(at + n)))));
    const isUnderWay = ({ events }: Watched) =>
      events.some(({ type }) => type === 'response.output_text.delta') &&
      events.at(-1)?.type !== 'response.completed';
    for (let tries = 0; watched.filter(isUnderWay).length < 5 && tries < 300; tries += 1) await sleep(50);
    const broken = watched.filter(isUnderWay);
    assert.ok(broken.length >= 5, `${broken.length} were being written`);
    await service.restart();

    await Promise.all(watched.map(readOn));
    for (const { id, events } of watched) {
      assert.deepEqual(
        events.map(({ sequence_number }) => sequence_number),
        events.map((_, at) => at),
        id,
      );
      const last = events.at(-1);
      assert.ok(last?.type === 'response.completed', `${id}: ${JSON.stringify(last)}`);
      assert.equal(textOf(events), textOfResponse(last.response));
    }
    await Promise.all(
      broken.map(async ({ id, events }) => {
        const again: ResponseStreamEvent[] = [];
        for await (const event of await client.responses.retrieve(id, { stream: true })) again.push(event);
        assert.deepEqual(withoutState(again), withoutState(events));
        const path = `/api/v1/tasks/${id.replace('resp_', 'task_')}?include=timeline`;
        const answer = await fetch(service.url + path, { headers: { authorization: `Bearer ${apiKey}` } });
        const { status, timeline } = (await answer.json()) as Task;
        assert.equal(status, 'completed');
        assert.equal(timeline.filter(({ outcome }) => outcome === 'completed').length, 1, id);
      }),
    );
  } finally {
    await service.stop();
  }
});
