import { buildUrl } from './call-operation.ts';
import type { ClientOptions } from './options.ts';
import { pause, retryDelay } from './pause.ts';
import { readEvents } from './read-events.ts';
import type { SendRequest } from './send-request.ts';
import { LlmServiceError } from './service-error.ts';
import type { Task, TaskRequest } from './wire.ts';

/** What `POST /api/v1/process/stream` sends: docs/streaming.md. */
export type StreamEvent =
  | {
      event: 'status';
      id: string;
      data: Pick<Task, 'task_id' | 'status' | 'priority' | 'attempts'> & {
        /** The deltas before it are void: another attempt begins anew. */
        restart?: true;
        /** The stream ends though the task goes on; the client resumes by itself. */
        resume?: true;
      };
    }
  | { event: 'delta'; id: string; data: { content: string } }
  /** `failed` tells of a cancelled task too. The last event. */
  | { event: 'completed' | 'failed'; id: string; data: Task };

export type StreamStart = { request: TaskRequest; idempotencyKey: string } | { lastEventId: string };

/**
 * The events of a task until it has ended. A stream that breaks off goes on where it was, as often as it takes while it gets
 * further; without any progress `maxRetries` times.
 */
export async function* streamAnswer(
  options: ClientOptions,
  send: SendRequest,
  start: StreamStart,
  signal?: AbortSignal,
): AsyncGenerator<StreamEvent, void, undefined> {
  const { maxRetries = 3, json = JSON } = options;
  const { method, url } = buildUrl(options.streamUrl ?? options.baseUrl, 'process-stream');
  let lastId = 'lastEventId' in start ? start.lastEventId : undefined;
  for (let tries = 0; ; tries += 1) {
    let cause: unknown;
    // A consumer who leaves must end the request as well as the reading.
    const left = new AbortController();
    try {
      const body = await send({
        url,
        method,
        repeatable: true,
        headers:
          lastId !== undefined
            ? { 'last-event-id': lastId }
            : 'request' in start
              ? { 'idempotency-key': start.idempotencyKey }
              : {},
        ...(lastId === undefined && 'request' in start && { body: json.stringify(start.request) }),
        signal: signal ? AbortSignal.any([signal, left.signal]) : left.signal,
        read: (answer) => answer.body,
      });
      if (!body) throw new Error('The answer has no body');
      for await (const { event, id, data } of readEvents(body)) {
        const told = { event, id: id ?? lastId ?? '', data: json.parse(data) } as StreamEvent;
        // Whether it got further; the end of a stream that lasted as long as one may is no fault.
        if (told.id !== lastId || (told.event === 'status' && told.data.resume)) tries = -1;
        lastId = told.id || undefined;
        yield told;
        if (event === 'completed' || event === 'failed') return;
      }
    } catch (error) {
      signal?.throwIfAborted();
      // Refused: the calls before it were repeated already, where that helps.
      if (error instanceof LlmServiceError) throw error;
      cause = error;
    } finally {
      left.abort();
    }
    if (tries >= maxRetries)
      throw new LlmServiceError(
        `The stream broke off again and again, the last time after ${lastId ?? 'nothing'}`,
        {
          status: 0,
          code: 'no_answer',
          cause,
        },
      );
    await pause(retryDelay(Math.max(0, tries)), signal);
  }
}
