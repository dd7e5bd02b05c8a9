import assert from 'node:assert/strict';
import test from 'node:test';
import { readServerSentEvents } from '../../../adapters/server-sent-events.ts';

const never = new AbortController().signal;

async function read(chunks: Uint8Array[], signal = never): Promise<unknown[]> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  const events: unknown[] = [];
  for await (const event of readServerSentEvents(body, signal)) events.push(event);
  return events;
}

const bytes = (text: string) => new TextEncoder().encode(text);

test('events are the same however their bytes are cut, and by whatever their lines end', async () => {
  const text = ': hi\nretry: 5\nid: 1\nevent: a\ndata: {"x":\ndata:"ü😀"}\n\nevent: empty\n\ndata:  two\n\n';
  const expected = [
    { event: 'a', data: '{"x":\n"ü😀"}' },
    { event: '', data: ' two' },
  ];
  for (const end of ['\n', '\r\n', '\r']) {
    const whole = bytes(text.replaceAll('\n', end));
    assert.deepEqual(await read([whole]), expected);
    assert.deepEqual(
      await read(Array.from(whole, (_, at) => whole.slice(at, at + 1))),
      expected,
      `one byte a chunk, ${JSON.stringify(end)}`,
    );
  }
});

test('the last event counts though no blank line ends it', async () => {
  assert.deepEqual(await read([bytes('data: 1\n\ndata: 2')]), [
    { event: '', data: '1' },
    { event: '', data: '2' },
  ]);
});

test('an event that does not end is no event', async () => {
  const piece = bytes('x'.repeat(1024 * 1024));
  await assert.rejects(read([bytes('data: '), ...Array<Uint8Array>(9).fill(piece)]), /does not end/);
});

test('an abort cancels the body and rejects with its reason', async () => {
  const abort = new AbortController();
  const cancelled = Promise.withResolvers<unknown>();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(bytes('data: 1\n\n')),
    cancel: (reason) => cancelled.resolve(reason),
  });
  const events = readServerSentEvents(body, abort.signal);
  assert.deepEqual((await events.next()).value, { event: '', data: '1' });
  const next = events.next();
  const reason = new Error('enough');
  abort.abort(reason);
  await assert.rejects(next, reason);
  assert.equal(await cancelled.promise, reason);
});

test('a reader that stops cancels the body', async () => {
  const cancelled = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(bytes('data: 1\n\n')),
    cancel: () => cancelled.resolve(),
  });
  for await (const _event of readServerSentEvents(body, never)) break;
  await cancelled.promise;
});
