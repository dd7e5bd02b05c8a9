import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { securityHeaders } from '../http/middleware/set-headers.ts';

/** Of lines that say nothing, so that nobody on the way takes a quiet stream for a dead one. */
const heartbeatMs = 15_000;

/** The answer to one request at the URL. Its status is told once, with the first that is sent. */
export interface UrlResponse {
  /** Undefined: nothing was sent. */
  readonly status: number | undefined;
  /** Aborted when the client has gone away before the end; on AWS nothing tells so. */
  readonly left: AbortSignal;
  /** Bytes were begun and have not come to their end. */
  readonly isCut: boolean;
  json(status: number, body: unknown, headers?: Record<string, string>): void;
  /**
   * Begins a stream of Server-Sent Events: https://html.spec.whatwg.org/multipage/server-sent-events.html
   *
   * @param beat what is sent while there is nothing to tell; undefined: a comment
   */
  events(headers?: Record<string, string>, beat?: (writer: EventWriter) => void): EventWriter;
  /** Sends bytes as they come, no faster than the client takes them. */
  bytes(status: number, headers: Record<string, string>, source: AsyncIterable<Uint8Array>): Promise<void>;
  end(): void;
}

export interface EventWriter {
  /** @param fields beside the data; a text of several lines is no JSON and does not occur */
  send(data: string, fields?: { event?: string; id?: string }): void;
}

/** @param stream Lambda's own, of which nobody has written yet */
export function createUrlResponse(stream: Writable, requestId: string): UrlResponse {
  const client = new AbortController();
  let status: number | undefined;
  let isCut = false;
  let body = stream;
  let heartbeat: NodeJS.Timeout | undefined;

  const write = (text: string) => {
    heartbeat?.refresh();
    if (!stream.destroyed) body.write(text);
  };
  stream.once('close', () => {
    clearTimeout(heartbeat);
    if (!stream.writableFinished) client.abort(new DOMException('The client has gone away', 'AbortError'));
  });

  function start(code: number, headers: Record<string, string>): void {
    status = code;
    const all = { ...securityHeaders, 'x-request-id': requestId, ...headers };
    body = awslambda.HttpResponseStream.from(stream, { statusCode: code, headers: all });
  }

  return {
    get status() {
      return status;
    },
    left: client.signal,
    get isCut() {
      return isCut;
    },

    json(code, value, headers = {}) {
      start(code, { 'content-type': 'application/json', ...headers });
      write(JSON.stringify(value));
    },

    events(headers = {}, beat = undefined) {
      start(200, { 'content-type': 'text/event-stream; charset=utf-8', ...headers });
      const writer: EventWriter = {
        send: (data, { event, id } = {}) =>
          write(`${event ? `event: ${event}\n` : ''}${id ? `id: ${id}\n` : ''}data: ${data}\n\n`),
      };
      heartbeat = setTimeout(() => (beat ? beat(writer) : write(': waiting\n\n')), heartbeatMs);
      return writer;
    },

    async bytes(code, headers, source) {
      const chunks = source[Symbol.asyncIterator]();
      // What fails before the first chunk is answered by its status.
      let next = await chunks.next();
      start(code, { 'content-type': 'application/octet-stream', ...headers });
      isCut = true;
      try {
        for (; !next.done && !stream.destroyed; next = await chunks.next())
          if (!body.write(next.value)) await once(body, 'drain', { signal: client.signal });
        isCut = stream.destroyed;
      } finally {
        // Nobody reads on: what is read from is let go.
        if (isCut) await chunks.return?.();
      }
    },

    end() {
      clearTimeout(heartbeat);
      if (!stream.destroyed && !isCut) body.end();
    },
  };
}
