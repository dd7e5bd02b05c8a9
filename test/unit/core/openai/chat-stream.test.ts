import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nothingTold, type Progress, Told, textDelta } from '../../../../core/answers/told.ts';
import type { ChatChoice } from '../../../../core/attempts/chat.ts';
import type { ChatBody } from '../../../../core/openai/chat-question.ts';
import { toChatChunks } from '../../../../core/openai/chat-stream.ts';
import type { Task } from '../../../../core/tasks/task.ts';
import { completed, failed, processing } from '../../../make-task.ts';

const body: ChatBody = { model: 'auto', messages: [{ role: 'user' }], stream: true };

interface Chunk {
  model: string;
  choices: { index: number; delta: Record<string, unknown>; finish_reason: string | null }[];
  usage?: unknown;
  error?: { code: string };
}

async function chunksOf(progress: Progress[], chat = body): Promise<Chunk[]> {
  async function* told() {
    yield* progress;
  }
  const chunks: object[] = [];
  for await (const chunk of toChatChunks(told(), chat)) chunks.push(chunk);
  return chunks as Chunk[];
}

const answered = (choices?: ChatChoice[], content = 'ja'): Task => {
  const task = completed();
  assert.ok(task.result);
  return { ...task, result: { ...task.result, content, choices, model: 'k2-2026' } };
};
const shapes = (chunks: Chunk[]) =>
  chunks.flatMap(({ choices }) =>
    choices.map(({ index, delta, finish_reason }) => [index, delta, finish_reason]),
  );

test('each choice says its role once and its end once, whatever was told', async () => {
  const told = new Told(nothingTold);
  const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
  const chunks = await chunksOf([
    ...told.state(processing()),
    ...told.delta(processing(), 1, textDelta('j')),
    ...told.delta(processing(), 1, textDelta('a')),
    ...told.delta(processing(), 1, end),
    ...told.end(answered()),
  ]);
  assert.deepEqual(shapes(chunks), [
    [0, { role: 'assistant', content: 'j' }, null],
    [0, { content: 'a' }, null],
    [0, {}, 'stop'],
  ]);
  assert.ok(chunks.every(({ usage }) => usage === undefined));
});

test('an answer of which nothing was told comes whole, every choice with its calls', async () => {
  const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } };
  const choices = [
    {
      index: 0,
      message: { role: 'assistant', content: null, tool_calls: [call] },
      finish_reason: 'tool_calls',
    },
    { index: 1, message: { role: 'assistant', content: 'b' }, finish_reason: 'stop' },
  ];
  const chunks = await chunksOf([...new Told(nothingTold).end(answered(choices, ''))]);
  assert.deepEqual(shapes(chunks), [
    [0, { role: 'assistant', tool_calls: [{ index: 0, ...call }] }, null],
    [0, {}, 'tool_calls'],
    [1, { role: 'assistant', content: 'b' }, null],
    [1, {}, 'stop'],
  ]);
  assert.deepEqual([...new Set(chunks.map(({ model }) => model))], ['k2-2026']);
});

test('of a cached answer with a text and a call neither is lost nor doubled', async () => {
  const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } };
  const choices = [
    {
      index: 0,
      message: { role: 'assistant', content: 'wait', tool_calls: [call] },
      finish_reason: 'tool_calls',
    },
  ];
  const task = answered(choices, 'wait');
  const told = new Told(nothingTold);
  const chunks = await chunksOf([...told.state(task), ...told.end(task)]);
  assert.deepEqual(shapes(chunks), [
    [0, { role: 'assistant', content: 'wait' }, null],
    [0, { tool_calls: [{ index: 0, ...call }] }, null],
    [0, {}, 'tool_calls'],
  ]);
});

test('usage comes last and only when it is asked for; every chunk before it says null', async () => {
  const chat = { ...body, stream_options: { include_usage: true } };
  const told = new Told(nothingTold);
  const chunks = await chunksOf([...told.state(processing()), ...told.end(answered())], chat);
  const last = chunks.at(-1);
  assert.deepEqual(
    [last?.choices, last?.usage],
    [[], { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 }],
  );
  assert.ok(chunks.slice(0, -1).every(({ usage }) => usage === null));
});

test('a failure, and an answer that would have to begin anew, end in an error', async () => {
  const told = new Told(nothingTold);
  const broken = await chunksOf([
    ...told.state(processing()),
    ...told.delta(processing(), 1, textDelta('ja')),
    { kind: 'ended', task: failed() },
  ]);
  assert.equal(broken.at(-1)?.error?.code, 'provider_error');
  const again = new Told(nothingTold);
  const restarted = await chunksOf([
    ...again.state(processing()),
    ...again.delta(processing(), 1, textDelta('ja')),
    ...again.delta(processing({ attempts: 2 }), 2, textDelta('nein')),
    ...again.end(answered()),
  ]);
  assert.equal(restarted.length, 2);
  assert.equal(restarted.at(-1)?.error?.code, 'provider_error');
});

test('what was told of a thought before its end marked it as one stays told, and the answer is whole', async () => {
  const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
  const chat = { ...body, stream_options: { include_usage: true } };
  const told = new Told(nothingTold);
  const chunks = await chunksOf(
    [
      ...told.state(processing()),
      ...told.delta(processing(), 1, textDelta('Yes or no? ')),
      ...told.delta(processing(), 1, textDelta('ja')),
      ...told.delta(processing(), 1, end),
      ...told.end(answered()),
    ],
    chat,
  );
  assert.deepEqual(shapes(chunks), [
    [0, { role: 'assistant', content: 'Yes or no? ' }, null],
    [0, { content: 'ja' }, null],
    [0, {}, 'stop'],
  ]);
  assert.ok(chunks.at(-1)?.usage);
});

test('an answer that is another text than was told, or of another attempt, ends in an error', async () => {
  const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
  const outcomeOf = async (text: string, task: Task) => {
    const told = new Told(nothingTold);
    const chunks = await chunksOf([
      ...told.state(processing()),
      ...told.delta(processing(), 1, textDelta(text)),
      ...told.delta(processing(), 1, end),
      ...told.end(task),
    ]);
    return [chunks.length, chunks.at(-1)?.error?.code];
  };
  assert.deepEqual(
    await outcomeOf('{"a":', answered(undefined, '{"a":1}')),
    [3, undefined],
    'its rest is told',
  );
  assert.deepEqual(await outcomeOf('{"b":1}', answered(undefined, '{"a":1}')), [3, 'provider_error']);
  assert.deepEqual(await outcomeOf('ja', { ...answered(), attempts: 2 }), [3, 'provider_error']);
  assert.deepEqual(await outcomeOf('ja', { ...answered(undefined, ''), attempts: 2 }), [3, 'provider_error']);
});
