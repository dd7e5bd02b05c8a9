import { classifyError } from '../core/attempts/classify-error.ts';
import { type ErrorReply, readErrorReply } from '../core/attempts/error-reply.ts';
import { ProviderFailure } from '../core/attempts/provider-failure.ts';
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
  return new ProviderFailure(kind, `The call to ${provider.name} broke: ${cause}`, { cause: error });
}

/** The status that goes with a name of an error, where an answer of status 200 holds it. */
const statusOfType: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  overloaded_error: 529,
};

/**
 * An answer with status 200 that is no completion, or the end of a stream: an error all the same, or a proxy's page. A
 * code between 400 and 599 inside it is its status.
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
  if (!reply.code && !reply.type) return new ProviderFailure('outage', otherwise);
  const code = Number(reply.code);
  const isStatus = Number.isInteger(code) && code >= 400 && code <= 599;
  const status = isStatus ? code : (statusOfType[reply.code] ?? statusOfType[reply.type] ?? 200);
  return classifyError(provider.name, provider.errors, { ...reply, status }, now);
}

function isErrorReply(value: unknown): value is ErrorReply {
  return (
    typeof value === 'object' && value !== null && 'status' in value && 'headers' in value && 'code' in value
  );
}

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
