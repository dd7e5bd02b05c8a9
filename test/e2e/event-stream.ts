import assert from 'node:assert/strict';
import type { Service } from './service.ts';

export interface StreamedEvent {
  event: string;
  id: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects and fails otherwise.
  data: any;
}

export interface EventStream {
  status: number;
  headers: Headers;
  /** Of an answer that is no stream. */
  text: string;
  events: AsyncGenerator<StreamedEvent>;
  /** Goes away. */
  leave(): void;
}

/** POST /api/v1/process/stream: with a body, or with the id of the last event seen. */
export async function openStream(
  { streamUrl, token }: Service,
  request: { body?: unknown; lastEventId?: string; headers?: Record<string, string>; token?: string | null },
): Promise<EventStream> {
  assert.ok(streamUrl);
  const leaving = new AbortController();
  const bearer = request.token === undefined ? token : request.token;
  const answer = await fetch(`${streamUrl}/api/v1/process/stream`, {
    method: 'POST',
    signal: leaving.signal,
    headers: {
      ...(bearer && { authorization: `Bearer ${bearer}` }),
      ...(request.body !== undefined && { 'content-type': 'application/json' }),
      ...(request.lastEventId && { 'last-event-id': request.lastEventId }),
      ...request.headers,
    },
    ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
  });
  const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  return {
    status: answer.status,
    headers: answer.headers,
    text: isStream ? '' : await answer.text(),
    events: readEvents(answer.body),
    leave: () => leaving.abort(),
  };
}

/** After the HTML standard, as far as this service sends: an event ends with an empty line, comments begin with a colon. */
async function* readEvents(body: ReadableStream<Uint8Array> | null): AsyncGenerator<StreamedEvent> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const bytes of body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = Object.fromEntries(
        block
          .split('\n')
          .filter((line) => !line.startsWith(':'))
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      if ('data' in fields)
        yield { event: fields.event ?? '', id: fields.id ?? '', data: JSON.parse(fields.data ?? '') };
    }
  }
  assert.equal(text, '', 'the last event is whole');
}

/** The text that a reader has in the end: a restart makes void what came before. */
export function textOf(events: readonly StreamedEvent[]): string {
  let text = '';
  for (const { event, data } of events) {
    if (event === 'status' && data.restart) text = '';
    if (event === 'delta') text += data.content;
  }
  return text;
}

export async function readAll({ events }: EventStream): Promise<StreamedEvent[]> {
  const all: StreamedEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}
