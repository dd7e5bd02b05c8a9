import { classifyError } from '../core/attempts/classify-error.ts';
import { type ErrorReply, readErrorReply } from '../core/attempts/error-reply.ts';
import { ProviderFailure } from '../core/attempts/provider-failure.ts';
import { quoteWords } from '../core/attempts/quote-words.ts';
import type { Provider } from '../core/providers/provider.ts';

/**
 * fetch, with the body of a refusal put into one shape under `error`: of other shapes the package keeps
 * nothing.
 */
export async function fetchWithReadableErrors(
  input: string | URL | Request,
  init?: RequestInit,
): Promise<Response> {
  const response = await fetch(input, init);
  if (response.ok) return response;
  const text = await response.text().catch(() => '');
  const headers = Object.fromEntries(response.headers);
  const error = readErrorReply(response.status, headers, text);
  return new Response(JSON.stringify({ error }), {
    status: response.status,
    headers: { 'content-type': 'application/json' },
  });
}

/** Anything the package throws, as a failure of the provider. */
export function classifyThrown(provider: Provider, error: unknown, now: number): ProviderFailure {
  if (error instanceof ProviderFailure) return error;
  const reply = (error as { error?: unknown } | null)?.error;
  if (isErrorReply(reply)) return classifyError(provider.name, provider.errors, reply, now);
  const cause = rootCause(error);
  const kind = cause === 'ECONNREFUSED' ? 'unreachable' : 'outage';
  const words = wordsOfCause[cause];
  const message = words
    ? `${provider.name} ${words} (${cause})`
    : `The call to ${provider.name} broke: ${cause}`;
  return new ProviderFailure(kind, message, { cause: error });
}

/** The status that goes with a name of an error, where an answer of status 200 holds it. */
const statusOfName: Readonly<Record<string, number>> = {
  invalid_request: 400,
  invalid_request_error: 400,
  BadRequestError: 400,
  exceed_context_size_error: 400,
  authentication_error: 401,
  AuthenticationError: 401,
  permission_error: 403,
  not_found_error: 404,
  NotFoundError: 404,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  RateLimitError: 429,
  server_error: 500,
  InternalServerError: 500,
  unavailable_error: 503,
  overloaded_error: 529,
};

/**
 * An answer with status 200 that is no completion, or the end of a stream: an error all the same, or a proxy's page. A code
 * from 100 to 599 inside it is its status.
 *
 * @param otherwise what to say of an answer that holds no error
 */
export function readRefusal(
  provider: Provider,
  answer: unknown,
  now: number,
  otherwise = `${provider.name} answered without a completion`,
): ProviderFailure {
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer ?? null);
  const reply = readErrorReply(200, {}, text);
  const status = statusInside(reply);
  if (status !== undefined || reply.code || reply.type || reply.isPage)
    return classifyError(provider.name, provider.errors, { ...reply, status: status ?? 200 }, now);
  if (!reply.message) return new ProviderFailure('outage', otherwise);
  const { kind, contextWindow } = classifyError(provider.name, provider.errors, reply, now);
  return new ProviderFailure(kind, `${otherwise}: ${quoteWords(reply.message)}`, { contextWindow });
}

function statusInside({ code, type }: ErrorReply): number | undefined {
  for (const name of [code, type]) {
    const number = Number(name || Number.NaN);
    if (Number.isInteger(number) && number >= 100 && number <= 599) return number;
    if (statusOfName[name] !== undefined) return statusOfName[name];
  }
  return undefined;
}

function isErrorReply(value: unknown): value is ErrorReply {
  return (
    typeof value === 'object' && value !== null && 'status' in value && 'headers' in value && 'code' in value
  );
}

/** What the system's codes mean to who reads them. */
const wordsOfCause: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'cannot be reached: nothing listens at its address',
  ECONNRESET: 'closed the connection',
  EPIPE: 'closed the connection',
  UND_ERR_SOCKET: 'closed the connection before the end of its answer',
  ENOTFOUND: 'cannot be reached: its host name is not known',
  EAI_AGAIN: 'cannot be reached: its host name cannot be looked up now',
  ETIMEDOUT: 'cannot be reached: no connection was made in time',
  UND_ERR_CONNECT_TIMEOUT: 'cannot be reached: no connection was made in time',
  EHOSTUNREACH: 'cannot be reached: there is no way to its host',
  ENETUNREACH: 'cannot be reached: there is no way to its network',
};

/** The system's code, such as ECONNREFUSED, or the kind of error; messages may quote the answer. */
function rootCause(error: unknown): string {
  let current = error;
  let name = 'unknown error';
  for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
    const { code } = current as { code?: unknown };
    if (typeof code === 'string') return code;
    name = current.name === 'Error' ? name : current.name;
    current = current.cause;
  }
  return name;
}
