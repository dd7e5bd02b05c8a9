/** Characters: far more than a piece of an answer has. */
const longestEvent = 8 * 1024 * 1024;

export interface ServerSentEvent {
  /** Its name; '' where it has none. */
  event: string;
  data: string;
}

/**
 * The events of a body of the type `text/event-stream` (HTML Living Standard §9.2.6), as they come. Comments, `id`,
 * `retry` and events without data are left out; the last event counts also where its blank line is missing.
 *
 * Cancels the body, which closes the connection, when `signal` is aborted or the reader stops. Throws the signal's
 * reason, what the body throws, and an Error of an event that does not end.
 */
export async function* readServerSentEvents(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<ServerSentEvent, void> {
  const reader = body.getReader();
  const cancel = () => void reader.cancel(signal.reason).catch(() => {});
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  const decoder = new TextDecoder();
  const parser = createParser();
  try {
    while (true) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      yield* parser.read(done ? decoder.decode() : decoder.decode(value, { stream: true }), done);
      if (done) return;
    }
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}

function createParser() {
  let rest = '';
  let event = '';
  let data: string[] = [];
  let size = 0;

  function* readLine(line: string): Generator<ServerSentEvent> {
    if (line === '') {
      if (data.join('') !== '') yield { event, data: data.join('\n') };
      event = '';
      data = [];
      size = 0;
      return;
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?([\s\S]*))?$/.exec(line) ?? [];
    if (field === 'event') event = value;
    if (field !== 'data') return;
    data.push(value);
    size += value.length;
  }

  return {
    *read(text: string, isLast: boolean): Generator<ServerSentEvent> {
      rest += text;
      // A CR at the end may be half of a CRLF.
      const lines = rest.split(isLast ? /\r\n|\n|\r/ : /\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      if (rest.length + size > longestEvent) throw new Error('An event of the stream does not end');
      for (const line of lines) yield* readLine(line);
      if (!isLast) return;
      yield* readLine(rest);
      yield* readLine('');
    },
  };
}
