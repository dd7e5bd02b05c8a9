import type { ClientOptions } from './options.ts';
import { mostPatienceMs, pause, retryDelay } from './pause.ts';
import { LlmServiceError, readError } from './service-error.ts';

export interface HttpRequest<T> {
  url: string;
  method: string;
  headers?: Record<string, string>;
  body?: string | undefined;
  /** Whether a second one does no harm. */
  repeatable: boolean;
  /** Statuses of 400 or more that are answers. */
  accepts?: readonly number[];
  signal?: AbortSignal | undefined;
  /** Reads the answer; what breaks off meanwhile is repeated like a call. */
  read(answer: Response): Promise<T> | T;
}

export type SendRequest = <T>(request: HttpRequest<T>) => Promise<T>;

/** Statuses by which nothing was done that a repeat could do twice. */
const refusals = new Set([429, 503]);
const faults = new Set([500, 502, 504]);

/** Sends with the token, repeats where that does no harm, and throws LlmServiceError for what is refused. */
export function createSendRequest(options: ClientOptions): SendRequest {
  const { token, maxRetries = 3, timeoutMs = 60_000 } = options;
  const fetch = options.fetch ?? globalThis.fetch.bind(globalThis);

  const sendOnce = async <T>(request: HttpRequest<T>): Promise<T> => {
    const { url, method, headers, body, signal } = request;
    const impatience = new AbortController();
    const timer = setTimeout(() => impatience.abort(), timeoutMs);
    try {
      const answer = await fetch(url, {
        method,
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body }),
        signal: signal ? AbortSignal.any([signal, impatience.signal]) : impatience.signal,
      });
      if (answer.status < 400 || request.accepts?.includes(answer.status)) return await request.read(answer);
      throw await readError(answer);
    } catch (cause) {
      if (cause instanceof LlmServiceError) throw cause;
      signal?.throwIfAborted();
      if (impatience.signal.aborted)
        throw new LlmServiceError(`${method} ${url} got no answer within ${timeoutMs / 1000} s`, {
          status: 0,
          code: 'no_answer',
          cause,
        });
      throw new LlmServiceError(`${url} cannot be reached: ${reasonOf(cause)}`, {
        status: 0,
        code: 'unreachable',
        cause,
      });
    } finally {
      clearTimeout(timer);
    }
  };

  return async (request) => {
    for (let tries = 0; ; tries += 1) {
      try {
        return await sendOnce(request);
      } catch (error) {
        const delay =
          error instanceof LlmServiceError ? delayBefore(error, request.repeatable, tries) : undefined;
        if (delay === undefined || tries >= maxRetries) throw error;
        await pause(delay, request.signal);
      }
    }
  };
}

/** Milliseconds; undefined: no further try. */
function delayBefore(error: LlmServiceError, repeatable: boolean, tries: number): number | undefined {
  const { status, code, retryAfter } = error;
  const isUnderWay = code === 'conflict' && retryAfter !== undefined;
  const mayPass = refusals.has(status) || (repeatable && (status === 0 || faults.has(status) || isUnderWay));
  if (!mayPass) return undefined;
  if (retryAfter === undefined) return retryDelay(tries);
  return retryAfter * 1000 > mostPatienceMs ? undefined : retryAfter * 1000 + retryDelay(0);
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { cause: inner } = cause;
  if (!(inner instanceof Error)) return cause.message;
  // Several addresses were tried.
  const [first] = inner instanceof AggregateError ? inner.errors : [inner];
  return (first as Error).message || cause.message;
}
