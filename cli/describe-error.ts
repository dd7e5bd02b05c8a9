import { type ErrorCode, LlmServiceError } from '../client/service-error.ts';
import { UsageError } from './usage-error.ts';

const advice: Partial<Record<ErrorCode, string>> = {
  unreachable:
    'Is the service running? Start it with `npm start`, or set LLM_BASE_URL to where it is, such as https://….amazonaws.com',
  no_answer: 'Is LLM_BASE_URL the address of the service? Try again; its log says more.',
  unauthenticated: 'Set LLM_AUTH_TOKEN to the token of the service.',
  not_found:
    'Look at the id and at LLM_BASE_URL. Tasks and batches are kept for some days, by default seven.',
  queue_full: 'Too much waits there: try again later, or with fewer tasks.',
  rate_limited: 'Try again later.',
  no_provider_available: 'No provider is set up there: see `providers --all`, and the README of the service.',
};

/** What happened, which fields are at fault, and what to do. */
export function describeError(error: unknown, environment: Record<string, string | undefined>): string {
  if (error instanceof UsageError) return error.message;
  if (!(error instanceof LlmServiceError))
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const { status, code, message, faults, retryAfter, requestId } = error;
  const wrongToken = code === 'unauthenticated' && environment.LLM_AUTH_TOKEN;
  return [
    `${message} (${code})`,
    // A single one is in the message.
    ...(faults.length > 1 ? faults.map(({ pointer, detail }) => `  ${pointer}: ${detail}`) : []),
    ...(retryAfter === undefined ? [] : [`It asks to come back in ${Math.ceil(retryAfter)} s.`]),
    ...(wrongToken ? ['LLM_AUTH_TOKEN is set, but it is not the token of this service.'] : []),
    ...(advice[code] && !wrongToken ? [advice[code]] : []),
    ...(requestId && status >= 500 ? [`Its log has more, under the request ${requestId}.`] : []),
  ].join('\n');
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return 2;
  if (!(error instanceof LlmServiceError)) return 1;
  return error.code === 'unreachable' || error.code === 'no_answer' ? 3 : 4;
}
