import assert from 'node:assert/strict';
import { test } from 'node:test';
import { followTask } from '../../../../core/answers/follow-task.ts';
import { nothingTold, type Progress, Told, textDelta } from '../../../../core/answers/told.ts';
import type { ChatDelta, ChoiceDelta } from '../../../../core/attempts/chat.ts';
import { type ResponseEvent, ResponseEvents } from '../../../../core/responses/response-events.ts';
import type { ResponseInput } from '../../../../core/responses/stored-response.ts';
import type { Task, TaskResult } from '../../../../core/tasks/task.ts';
import { createMemoryDeltaLog } from '../../../fakes/scheduling/memory-delta-log.ts';
import { completed, failed, makeTask, processing } from '../../../make-task.ts';

const inputOf = (background: boolean): ResponseInput => ({
  prompt: null,
  chat: { messages: [{ role: 'user', content: 'Hi' }], parameters: {} },
  response: { from: 0, instructed: false, request: { background } },
});

const result = (changes: Partial<TaskResult>): TaskResult => {
  const task = completed();
  assert.ok(task.result);
  return { ...task.result, ...changes };
};
const answered = (changes: Partial<TaskResult>, task: Partial<Task> = {}) =>
  completed({ attempts: 1, ...task, result: result(changes) });
const running = (attempts = 1) => processing({ attempts });
const piece = (delta: ChoiceDelta['delta']): ChatDelta => ({
  choices: [{ index: 0, delta, finish_reason: null }],
});
const call = (index: number, text: string, id?: string) =>
  piece({
    tool_calls: [
      { index, ...(id && { id, type: 'function' }), function: { arguments: text, ...(id && { name: 'f' }) } },
    ],
  });
const wholeCalls = (...texts: string[]) =>
  texts.map((text, at) => ({ id: `c${at}`, type: 'function', function: { name: 'f', arguments: text } }));

function eventsOf(progress: Iterable<Progress>, background = false): ResponseEvent[] {
  const events = new ResponseEvents(inputOf(background));
  return [...progress].flatMap((told) => [...events.take(told)]);
}

const short = (events: ResponseEvent[]) => events.map(({ type }) => type.replace('response.', ''));
const numbers = (events: ResponseEvent[]) => events.map(({ sequence_number }) => sequence_number);

/** What a reader is told of a task whose row goes through these states while its log is as it is. */
async function follow(
  states: Task[],
  log: ReturnType<typeof createMemoryDeltaLog>,
): Promise<ResponseEvent[]> {
  const events = new ResponseEvents(inputOf(true));
  let at = 0;
  const look = () => states[Math.min(at++, states.length - 1)] as Task;
  const [first] = states;
  const ports = {
    tasks: { get: async () => look(), getMany: async () => [look()], expire: async () => false },
    ...{
      queues: { enqueue: async () => {} },
      deltas: log,
      clock: () => 0,
      sleep: async () => {},
      hostStartedAt: 0,
    },
  };
  async function* told(): AsyncGenerator<Progress> {
    yield { kind: 'state', task: first as Task };
    yield* followTask(first as Task, new Told(nothingTold), true, ports, new AbortController().signal);
  }
  const all: ResponseEvent[] = [];
  for await (const event of events.all(told())) all.push(event);
  return all;
}

test('whoever reads while it is written and whoever reads afterwards are told the same', async () => {
  const log = createMemoryDeltaLog();
  const key = { tenant: 'default', taskId: makeTask().taskId };
  const write = (attempt: number, sequence: number, position: number, ...deltas: ChatDelta[]) =>
    log.append(key, { attempt, sequence, position, deltas });
  await write(1, 0, 0, piece({ role: 'assistant', reasoning_content: 'Hm' }), textDelta('Brok'));
  await write(1, 1, 4, textDelta('en'));
  await write(2, 0, 0, textDelta('Who'));
  await write(2, 1, 3, textDelta('le'), call(0, '{"a"', 'x'), call(0, ':1}'));
  const choices = [
    {
      ...{ index: 0, finish_reason: 'tool_calls' },
      message: {
        role: 'assistant',
        content: 'Whole',
        tool_calls: [{ id: 'x', function: { name: 'f', arguments: '{"a":1}' } }],
      },
    },
  ];
  const end = answered({ content: 'Whole', choices }, { attempts: 2 });
  const live = await follow(
    [makeTask(), running(1), running(1), makeTask({ attempts: 1 }), running(2), end],
    log,
  );
  const late = await follow([end], log);
  const withoutState = (events: ResponseEvent[]) =>
    events.map(({ response, ...event }) => (response ? event.type : event));
  assert.deepEqual(withoutState(live), withoutState(late));
  assert.deepEqual(numbers(live), [...live.keys()]);
  const done = live.filter(({ type }) => type === 'response.output_item.done');
  const { response } = live.at(-1) as unknown as { response: { output: object[] } };
  assert.deepEqual(
    done.slice(-2).map(({ item }) => item),
    response.output,
    'of the broken attempt nothing is in the end',
  );
  assert.deepEqual(
    done.map(({ output_index, item }) => [output_index, (item as { status: string }).status]),
    [
      [0, 'completed'],
      [1, 'incomplete'],
      [2, 'completed'],
      [3, 'completed'],
    ],
  );
  assert.equal(new Set(done.map(({ item }) => (item as { id: string }).id)).size, 4);
});

test('what ends before it runs has the numbers that it has for whoever saw it wait', () => {
  const end = failed({ attempts: 0 });
  const seen = eventsOf(
    [
      { kind: 'state', task: makeTask() },
      { kind: 'ended', task: end },
    ],
    true,
  );
  assert.deepEqual(short(seen), ['created', 'queued', 'in_progress', 'failed']);
  assert.deepEqual(numbers(eventsOf([{ kind: 'ended', task: end }], true)), numbers(seen));
  const [created, queued] = seen as unknown as { response: { status: string; error: unknown } }[];
  assert.deepEqual([created?.response.status, queued?.response.error], ['queued', null]);
});

test('an answer of which no piece was told comes whole: thoughts, text and calls, one after the other', () => {
  const message = {
    role: 'assistant',
    reasoning_content: 'Hm',
    content: 'Yes',
    tool_calls: wholeCalls('{}', '{"b":2}'),
  };
  const end = answered({ content: 'Yes', choices: [{ index: 0, message, finish_reason: 'tool_calls' }] });
  const told = new Told(nothingTold);
  const events = eventsOf([...told.end(end)]);
  const text = [
    'output_item.added',
    'content_part.added',
    'output_text.delta',
    'output_text.done',
    'content_part.done',
    'output_item.done',
  ];
  const call = [
    'output_item.added',
    'function_call_arguments.delta',
    'function_call_arguments.done',
    'output_item.done',
  ];
  assert.deepEqual(short(events), [
    ...['created', 'in_progress'],
    ...text.map((type) => type.replace('output_text', 'reasoning_text')),
    ...text,
    ...call,
    ...call,
    'completed',
  ]);
  assert.deepEqual(
    events
      .filter(({ type }) => type === 'response.output_item.added')
      .map(({ output_index }) => output_index),
    [0, 1, 2, 3],
  );
});

test('calls that a model writes side by side are each whole', () => {
  const end = answered({
    content: '',
    choices: [
      {
        ...{ index: 0, finish_reason: 'tool_calls' },
        message: { role: 'assistant', content: null, tool_calls: wholeCalls('{"a":1}', '{"b":2}') },
      },
    ],
  });
  const told = new Told(nothingTold);
  const deltas = [call(0, '{"a"', 'c0'), call(1, '{"b"', 'c1'), call(0, ':1}'), call(1, ':2}')];
  const events = eventsOf([
    ...told.state(running()),
    ...deltas.flatMap((delta) => [...told.delta(running(), 1, delta)]),
    ...told.end(end),
  ]);
  const done = events.filter(({ type }) => type === 'response.function_call_arguments.done');
  assert.deepEqual(
    done.map((event) => event.arguments),
    ['{"a":1}', '{"b":2}'],
  );
  const { response } = events.at(-1) as unknown as { response: { output: { call_id: string }[] } };
  assert.deepEqual(
    response.output.map(({ call_id }) => call_id),
    ['c0', 'c1'],
  );
});

test('a call of another attempt has another id, since some providers count theirs from 0', () => {
  const end = answered(
    {
      content: '',
      choices: [
        {
          index: 0,
          finish_reason: 'tool_calls',
          message: { role: 'assistant', content: null, tool_calls: wholeCalls('{}') },
        },
      ],
    },
    { attempts: 2 },
  );
  const told = new Told(nothingTold);
  const events = eventsOf([
    ...told.state(running(1)),
    ...told.delta(running(1), 1, call(0, '{', 'c0')),
    ...told.delta(running(2), 2, call(0, '{}', 'c0')),
    ...told.end(end),
  ]);
  const ids = events.flatMap(({ type, item }) =>
    type === 'response.output_item.done' ? [(item as { call_id: string }).call_id] : [],
  );
  assert.deepEqual(ids, ['c0', 'c0_2']);
});

test('a refusal is told as one', () => {
  const message = { role: 'assistant', content: null, refusal: 'I will not' };
  const end = answered({ content: '', choices: [{ index: 0, message, finish_reason: 'stop' }] });
  const told = new Told(nothingTold);
  const events = eventsOf([
    ...told.state(running()),
    ...told.delta(running(), 1, piece({ refusal: 'I will ' })),
    ...told.delta(running(), 1, piece({ refusal: 'not' })),
    ...told.end(end),
  ]);
  const done = events.find(({ type }) => type === 'response.refusal.done');
  assert.equal(done?.refusal, 'I will not');
  const { response } = events.at(-1) as unknown as { response: { output: { content: unknown[] }[] } };
  assert.deepEqual(response.output[0]?.content, [{ type: 'refusal', refusal: 'I will not' }]);
});

test('a cancelled or a deleted response ends by an error, and an empty answer by an empty text', () => {
  const cancelled = eventsOf([{ kind: 'ended', task: makeTask({ status: 'cancelled' }) }], true).at(-1);
  assert.deepEqual([cancelled?.type, cancelled?.code], ['error', 'cancelled']);
  const deleted = eventsOf([{ kind: 'ended', task: completed({ result: null }) }], true).at(-1);
  assert.deepEqual([deleted?.type, deleted?.code], ['error', 'deleted']);
  const empty = eventsOf([{ kind: 'ended', task: answered({ content: '' }) }]).at(-1);
  const { response } = empty as unknown as { response: { output: { content: unknown[] }[] } };
  assert.deepEqual(response.output[0]?.content, [
    { type: 'output_text', text: '', annotations: [], logprobs: [] },
  ]);
});

test('a sign of life is an event with the next number, once the response runs', () => {
  const events = new ResponseEvents(inputOf(false));
  assert.deepEqual([...events.beat()], []);
  const begun = [...events.take({ kind: 'state', task: running() })];
  const beats = [...events.beat(), ...events.beat()];
  assert.deepEqual(short(beats), ['in_progress', 'in_progress']);
  assert.deepEqual(numbers([...begun, ...beats]), [0, 1, 2, 3]);
});
