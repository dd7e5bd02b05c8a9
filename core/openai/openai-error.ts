import type { WireProblem } from '../http-contract/problem-wire.ts';
import type { RequestErrorCode, TaskErrorCode } from '../service-error.ts';
import type { Task } from '../tasks/task.ts';

// Errors as OpenAI's clients read them: `error.message`, `type`, `param` and `code`.
// https://developers.openai.com/api/docs/guides/error-codes

interface WireOpenaiError {
  error: { message: string; type: string; param: string | null; code: string | null };
}

/** Where nothing says how long: long enough for another provider, or this one, to be well again. */
const retryAfterSeconds = 5;

/** An answer that says an error in OpenAI's form. */
export class OpenaiError extends Error {
  override readonly name = 'OpenaiError';
  readonly status: number;
  readonly body: WireOpenaiError;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    error: Partial<WireOpenaiError['error']> & { message: string; type: string },
    /** Whether the same request may succeed when it is repeated; the clients repeat by status unless they are told. */
    shouldRetry: boolean,
  ) {
    super(error.message);
    this.status = status;
    this.body = { error: { param: null, code: null, ...error } };
    // The clients repeat soon and often unless they are told when.
    this.headers = {
      'x-should-retry': String(shouldRetry),
      ...(shouldRetry && status >= 429 && { 'retry-after': String(retryAfterSeconds) }),
    };
  }
}

const invalid = 'invalid_request_error';

const refusals: Record<RequestErrorCode, { type: string; code: string | null; again: boolean }> = {
  invalid_request: { type: invalid, code: null, again: false },
  unauthenticated: { type: invalid, code: 'invalid_api_key', again: false },
  forbidden: { type: invalid, code: 'forbidden', again: false },
  not_found: { type: invalid, code: null, again: false },
  method_not_allowed: { type: invalid, code: null, again: false },
  conflict: { type: invalid, code: 'conflict', again: false },
  payload_too_large: { type: invalid, code: 'payload_too_large', again: false },
  idempotency_key_reused: { type: invalid, code: 'idempotency_key_reused', again: false },
  rate_limited: { type: 'rate_limit_error', code: 'rate_limit_exceeded', again: true },
  queue_full: { type: 'rate_limit_error', code: 'rate_limit_exceeded', again: true },
  budget_exceeded: { type: 'insufficient_quota', code: 'insufficient_quota', again: false },
  no_provider_available: { type: 'server_error', code: 'no_provider_available', again: true },
  internal: { type: 'server_error', code: 'internal', again: true },
};

/** A request that was refused. */
export function toOpenaiError(problem: WireProblem): OpenaiError {
  const { type, code, again } = refusals[problem.code];
  const [fault] = problem.errors ?? [];
  const isUnknown = problem.code === 'invalid_request';
  if (isUnknown && (fault?.pointer === '/config/model' || fault?.pointer === '/config/provider'))
    return new OpenaiError(
      404,
      {
        message: `The model does not exist: it ${fault.detail}`,
        type,
        param: 'model',
        code: 'model_not_found',
      },
      false,
    );
  if (fault?.pointer === '/data')
    return new OpenaiError(
      400,
      { message: problem.detail, type, param: 'messages', code: 'context_length_exceeded' },
      false,
    );
  const param = fault ? toParam(fault.pointer) : null;
  return new OpenaiError(problem.status, { message: problem.detail, type, param, code }, again);
}

/** `/messages/0/role` → `messages[0].role`. */
function toParam(pointer: string): string | null {
  const steps = pointer
    .replace(/^\/config/, '')
    .split('/')
    .slice(1);
  const text = steps.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join('');
  return text.replace(/^\./, '') || null;
}

const failures: Record<TaskErrorCode, { status: number; type: string; code: string }> = {
  provider_error: { status: 502, type: 'server_error', code: 'provider_error' },
  // Not the caller's key, so no 401: their client would ask for another one.
  provider_auth: { status: 502, type: 'server_error', code: 'provider_auth' },
  provider_quota: { status: 429, type: 'insufficient_quota', code: 'insufficient_quota' },
  content_filtered: { status: 400, type: invalid, code: 'content_filter' },
  invalid_output: { status: 502, type: 'server_error', code: 'invalid_output' },
  timeout: { status: 504, type: 'server_error', code: 'timeout' },
  retries_exhausted: { status: 503, type: 'server_error', code: 'retries_exhausted' },
  no_provider_available: { status: 503, type: 'server_error', code: 'no_provider_available' },
  internal: { status: 500, type: 'server_error', code: 'internal' },
};

/** A task that ended without an answer. */
export function failedTaskError({ status, error }: Pick<Task, 'status' | 'error'>): OpenaiError {
  if (status === 'cancelled' || !error)
    return new OpenaiError(
      409,
      { message: 'The task was cancelled', type: invalid, code: 'cancelled' },
      false,
    );
  const failure = failures[error.code];
  // Refused by the provider: the request is at fault.
  const isRefusal = error.code === 'provider_error' && !error.retryable;
  const { status: code, type } = isRefusal ? { status: 400, type: invalid } : failure;
  return new OpenaiError(code, { message: error.message, type, code: failure.code }, error.retryable);
}
