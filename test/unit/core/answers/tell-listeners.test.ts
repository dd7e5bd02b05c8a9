import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { combineSinks } from '../../../../core/answers/combine-sinks.ts';
import {
  createListenerSinks,
  knownForMs,
  lastFramesMs,
  mostCharacters,
  tellEveryMs,
} from '../../../../core/answers/tell-listeners.ts';
import { textDelta } from '../../../../core/answers/told.ts';
import type { SendOutcome } from '../../../../core/web-socket/connection-sender.ts';
import { makeTask } from '../../../make-task.ts';

const hangs = new Promise<never>(() => {});

/** A sink over readers that may change, and what each was sent. */
function setUp(
  t: TestContext,
  readers: Record<string, string[]>,
  outcome: (connectionId: string) => SendOutcome | Promise<SendOutcome> = () => 'sent',
) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const sent = new Map<string, [index: number, content: string][]>();
  const errors: unknown[] = [];
  let reads = 0;
  const sink = createListenerSinks({
    listeners: {
      subscriptions: {
        async subscribersTo(_tenant, { kind, id }) {
          reads += 1;
          const found = readers[`${kind}#${id}`];
          if (!found) return [];
          const silent = { connectionId: 'silent', connectedAt: 0 };
          return [silent, ...found.map((connectionId) => ({ ...silent, connectionId, deltas: true }))];
        },
      },
      sender: {
        async send(connectionId, text) {
          const { event_type, task_id, index, content, ...others } = JSON.parse(text);
          assert.deepEqual([event_type, task_id, others], ['delta', 'task_1', {}]);
          sent.set(connectionId, [...(sent.get(connectionId) ?? []), [index, content]]);
          return outcome(connectionId);
        },
      },
    },
    clock: Date.now,
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    onError: (error) => errors.push(error),
  })(makeTask({ taskId: 'task_1', batchId: 'batch_1' }));
  assert.ok(sink);
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const pass = async (milliseconds: number) => {
    await settle();
    t.mock.timers.tick(milliseconds);
    await settle();
  };
  return { sink, sent, errors, pass, reads: () => reads };
}

test('who listens is told all that there is at once, then together what came meanwhile; others nothing', async (t) => {
  const { sink, sent, pass, reads } = setUp(t, { 'task#task_1': ['a'], 'batch#batch_1': ['b', 'a'] });
  sink.take(textDelta('On'));
  sink.take(textDelta('ce'));
  await pass(0);
  assert.equal(reads(), 0, 'nobody is looked for before somebody listens');
  sink.listen();
  await pass(0);
  for (const text of [' up', 'on', ' a']) sink.take(textDelta(text));
  await pass(tellEveryMs - 1);
  assert.equal(sent.get('a')?.length, 1, 'frames are not sent more often');
  await pass(1);
  sink.take(textDelta(' time'));
  await sink.end();
  const all = [
    [0, 'Once'],
    [1, ' upon a'],
    [2, ' time'],
  ];
  assert.deepEqual(Object.fromEntries(sent), { a: all, b: all });
  await pass(knownForMs);
  assert.equal(reads(), 2, 'nobody is looked for after the end');
});

test('one that begins to listen later is told from the beginning, and one that does no more nothing', async (t) => {
  const readers: Record<string, string[]> = { 'task#task_1': ['a'] };
  const { sink, sent, pass } = setUp(t, readers);
  sink.listen();
  sink.take(textDelta('x'));
  await pass(0);
  readers['task#task_1'] = ['b'];
  await pass(knownForMs);
  sink.take(textDelta('y'));
  await sink.end();
  assert.deepEqual(Object.fromEntries(sent), { a: [[0, 'x']], b: [[0, 'xy']] });
});

test('a connection that did not take a frame gets no more, one that hangs keeps neither others nor the end', async (t) => {
  const outcomes: Record<string, SendOutcome | Promise<SendOutcome>> = { lost: 'failed', slow: hangs };
  const readers = { 'task#task_1': ['lost', 'slow', 'well'] };
  const { sink, sent, errors, pass } = setUp(t, readers, (id) => outcomes[id] ?? 'sent');
  sink.listen();
  sink.take(textDelta('x'));
  await pass(tellEveryMs);
  sink.take(textDelta('y'));
  let ended = false;
  const ending = sink.end().then(() => {
    ended = true;
  });
  await pass(lastFramesMs - 1);
  assert.equal(ended, false);
  await pass(1);
  await ending;
  assert.deepEqual(Object.fromEntries(sent), {
    lost: [[0, 'x']],
    slow: [[0, 'x']],
    well: [
      [0, 'x'],
      [1, 'y'],
    ],
  });
  assert.deepEqual(errors, []);
});

test('what comes while a frame is on its way is sent after it, at the end too', async (t) => {
  const arrivals: (() => void)[] = [];
  const onItsWay = () => new Promise<SendOutcome>((resolve) => arrivals.push(() => resolve('sent')));
  const { sink, sent, pass } = setUp(t, { 'task#task_1': ['a'] }, onItsWay);
  sink.listen();
  sink.take(textDelta('x'));
  await pass(0);
  sink.take(textDelta('y'));
  const ending = sink.end();
  for (let arrived = 0; arrived < 2; arrived += 1) {
    await pass(0);
    arrivals.shift()?.();
  }
  await ending;
  assert.deepEqual(sent.get('a'), [
    [0, 'x'],
    [1, 'y'],
  ]);
});

test('while subscribers cannot be read, those that were known are told on', async (t) => {
  const readers: Record<string, string[]> = { 'task#task_1': ['a'] };
  const { sink, sent, errors, pass } = setUp(t, readers);
  sink.listen();
  sink.take(textDelta('x'));
  await pass(knownForMs);
  Object.defineProperty(readers, 'task#task_1', {
    get() {
      throw new Error('throttled');
    },
  });
  sink.take(textDelta('y'));
  await sink.end();
  assert.equal(errors.length, 1);
  assert.deepEqual(sent.get('a'), [
    [0, 'x'],
    [1, 'y'],
  ]);
});

test('what a frame does not hold goes into the next, and no character is cut in two', async (t) => {
  const { sink, sent } = setUp(t, { 'task#task_1': ['a'] });
  const text = `${'x'.repeat(mostCharacters - 1)}😀${'y'.repeat(mostCharacters)}`;
  sink.take(textDelta(text));
  sink.listen();
  await sink.end();
  const frames = sent.get('a') ?? [];
  assert.deepEqual(
    frames.map(([index, content]) => [index, content.length]),
    [
      [0, mostCharacters - 1],
      [1, mostCharacters],
      [2, 2],
    ],
  );
  assert.equal(frames.map(([, content]) => content).join(''), text);
});

test('subscribers that cannot be read cost the answer nothing', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const errors: unknown[] = [];
  const sink = createListenerSinks({
    listeners: {
      subscriptions: { subscribersTo: () => Promise.reject(new Error('throttled')) },
      sender: { send: async () => 'sent' },
    },
    clock: Date.now,
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    onError: (error) => errors.push(error),
  })(makeTask());
  sink?.listen();
  sink?.take(textDelta('x'));
  await sink?.end();
  assert.equal(String(errors[0]), 'Error: throttled');
});

test('sinks together each get every piece, and end together; none is none, and one is itself', async () => {
  const taken: string[] = [];
  const sink = (name: string) => ({
    take: ({ choices }: ReturnType<typeof textDelta>) =>
      void taken.push(`${name} ${choices[0]?.delta.content}`),
    end: async () => void taken.push(`${name} ended`),
  });
  const one = sink('one');
  assert.equal(combineSinks(undefined, one), one);
  assert.equal(combineSinks(undefined, undefined), undefined);
  const both = combineSinks(one, sink('two'));
  both?.take(textDelta('x'));
  await both?.end();
  assert.deepEqual(taken, ['one x', 'two x', 'one ended', 'two ended']);
});
