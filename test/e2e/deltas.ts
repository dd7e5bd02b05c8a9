import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Client, slowTask } from './client.ts';
import { type EventSocket, type Frame, openSocket } from './event-socket.ts';
import { openStream } from './event-stream.ts';
import type { Service } from './service.ts';

/** The text of the frames, which must come in their order, none twice. */
function textOf({ frames }: EventSocket, taskId: string): string {
  const deltas = frames.filter((frame) => frame.event_type === 'delta' && frame.task_id === taskId);
  assert.deepEqual(
    deltas.map(({ index }) => index),
    deltas.map((_, at) => at),
  );
  for (const frame of deltas)
    assert.deepEqual(Object.keys(frame).sort(), ['content', 'event_type', 'index', 'task_id']);
  return deltas.map(({ content }) => content).join('');
}

/** The simulated provider of these tests writes it for some seconds: a streamed call is looked after every second. */
const readTask = {
  ...slowTask,
  config: { response_schema: { ...slowTask.config.response_schema, minItems: 120 } },
};

export function testDeltas(service: Service, { call, submit, waitFor }: Client): void {
  const isDelta = (taskId: string) => (frame: Frame) =>
    frame.event_type === 'delta' && frame.task_id === taskId;
  const ended = (taskId: string) => (frame: Frame) =>
    frame.event_type === 'completed' && frame.task_id === taskId;

  async function withSockets(use: (reader: EventSocket, other: EventSocket) => Promise<void>): Promise<void> {
    const sockets = await Promise.all([1, 2].map(() => openSocket(service.wsUrl, service.token)));
    const [reader, other] = sockets as [EventSocket, EventSocket];
    try {
      await use(reader, other);
    } finally {
      for (const socket of sockets) socket.close();
    }
  }

  describe('deltas on the WebSocket', () => {
    test('who subscribed with deltas to a queued task reads its answer as it is written; who did not, does not', () =>
      withSockets(async (reader, other) => {
        // Two calls at a time: the third waits.
        const [first = '', second = '', waiting = ''] = [
          await submit(slowTask),
          await submit({ ...slowTask, prompt: 'Another' }),
          await submit({ ...readTask, prompt: 'A third' }),
        ];
        reader.send({ action: 'subscribe', task_ids: [waiting], deltas: true });
        other.send({ action: 'subscribe', task_ids: [waiting] });
        await reader.next('subscribed', (frame) => frame.event_type === 'subscribed');
        for (const id of [first, second]) await call('DELETE', `/api/v1/tasks/${id}`);
        await reader.next('a delta', isDelta(waiting));
        assert.ok(!reader.frames.some(ended(waiting)), 'the answer is read before it is whole');
        await Promise.all([reader, other].map((socket) => socket.next('completed', ended(waiting))));
        const { result } = await waitFor(waiting);
        assert.equal(textOf(reader, waiting), result?.content);
        assert.equal(textOf(other, waiting), '');
      }));

    const skip = !service.streamUrl && 'the URL of streams is not known';
    test('who subscribes to a streamed task in the middle reads it from its beginning', { skip }, () =>
      withSockets(async (reader) => {
        const stream = await openStream(service, { body: { ...readTask, prompt: 'Read along' } });
        let taskId: string | undefined;
        for await (const { event, id } of stream.events) {
          if (taskId || event !== 'delta') continue;
          taskId = id.split(':')[0] ?? '';
          reader.send({ action: 'subscribe', task_ids: [taskId], deltas: true });
        }
        assert.ok(taskId);
        await reader.next('completed', ended(taskId));
        const { result } = await waitFor(taskId);
        assert.equal(textOf(reader, taskId), result?.content);
      }),
    );
  });
}
