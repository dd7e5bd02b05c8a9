import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWorld } from '../../../fakes/scheduling/start-world.ts';

// Whether the call of a task is streamed to those who listen over a WebSocket, and from when on.

const pieces = { texts: ['On', 'ce', ' upon', ' a', ' time'], everyMs: 1_500 };
const callMs = 9_000;
const whole = pieces.texts.join('');
type World = ReturnType<typeof startWorld>;
const told = ({ frames }: World) => frames.map(({ content }) => content).join('');

test('a task is streamed to who listens before it starts, and makes no event of that', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 }, callMs, pieces, readers: ['a'] });
  const [first, second] = await world.submit(2);
  assert.ok(first && second);
  await world.store.listen(second);
  assert.ok(await world.drain(60_000));
  assert.equal(told(world), whole);
  assert.deepEqual(
    world.frames.map(({ task_id, index }) => [task_id, index]),
    pieces.texts.map((_, index) => [second.taskId, index]),
  );
  assert.equal((await world.store.get(second))?.version, 3);
  assert.equal(world.deltaLog.entries.length, 0, 'nobody reads the log of such a task');
});

test('a call that is streamed anyway is told from its beginning to who begins to listen in the middle', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 }, callMs, pieces, readers: ['a'] });
  const config = { maxRetries: 0, failover: false, strategy: 'balanced', stream: 'restarts' } as const;
  const [task] = await world.submit(1, { config });
  assert.ok(task);
  await world.advance(4_000);
  assert.equal(told(world), '');
  await world.store.listen(task);
  await world.advance(1_250);
  assert.deepEqual(world.frames[0], {
    connectionId: 'a',
    event_type: 'delta',
    task_id: task.taskId,
    index: 0,
    content: 'Once upon',
  });
  assert.ok(await world.drain(60_000));
  assert.equal(told(world), whole);
});

test('so is one whose caller reads along, who is told the same', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 }, callMs, pieces, readers: ['a'] });
  const config = { maxRetries: 3, failover: true, strategy: 'balanced', stream: 'restarts' } as const;
  const { task, events } = await world.hand({ config });
  await world.advance(2_000);
  await world.store.listen(task);
  assert.ok(await world.drain(60_000));
  assert.equal(told(world), whole);
  const caller = events.flatMap((event) => (event.kind === 'delta' ? event.delta.choices : []));
  assert.equal(caller.map(({ delta }) => delta.content).join(''), whole);
});

test('another attempt counts its frames from 0 again', async (t) => {
  const error = { code: 'provider_error', message: 'no', provider: 'kimi', retryable: true } as const;
  const retry = { outcome: { kind: 'retry', error, delayMs: 1_000 } } as const;
  const answer = (_task: unknown, call: number) => (call === 1 ? retry : {});
  const world = startWorld(t, { providers: { kimi: 1 }, callMs, pieces, readers: ['a'], answer });
  const [task] = await world.submit(1);
  assert.ok(task);
  await world.store.listen(task);
  assert.ok(await world.drain(60_000));
  const indexes = world.frames.map(({ index }) => index);
  assert.deepEqual(indexes, [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
});

test('neither frames that cannot be sent nor the lack of a WebSocket cost a task anything', async (t) => {
  const fault = (operation: string) => (/^(subscriptions|sender)/.test(operation) ? 'before' : 'none');
  const world = startWorld(t, { providers: { kimi: 1 }, callMs, pieces, readers: ['a'], fault });
  const [task] = await world.submit(1);
  assert.ok(task);
  await world.store.listen(task);
  assert.ok(await world.drain(callMs + 1_000));
  assert.equal((await world.store.get(task))?.status, 'completed');
  assert.ok(world.errors.length > 0);
});

test('where there is no WebSocket a task is not streamed for nothing', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 }, callMs, pieces });
  const [task] = await world.submit(1);
  assert.ok(task);
  await world.store.listen(task);
  assert.ok(await world.drain(callMs + 1_000));
  assert.deepEqual([world.frames, world.errors], [[], []]);
});
