import type { Problem } from './wire.ts';

/** `unreachable`: nothing answered; `no_answer`: not in time, or not as this service does. */
export type ErrorCode = Problem['code'] | 'unreachable' | 'no_answer';

export interface ErrorDetails {
  /** Of HTTP; 0 where nothing answered. */
  status: number;
  code: ErrorCode;
  requestId?: string | undefined;
  retryAfter?: number | undefined;
  faults?: Problem['errors'] | undefined;
  cause?: unknown;
}

/** Every error of the client: what the service refused, and what did not reach it. A task that failed is no error. */
export class LlmServiceError extends Error {
  override readonly name = 'LlmServiceError';
  readonly status: number;
  readonly code: ErrorCode;
  /** Finds the request in the logs of the service. */
  readonly requestId: string | undefined;
  /** Seconds after which the service asks to try again. */
  readonly retryAfter: number | undefined;
  /** The fields at fault, by JSON Pointer. */
  readonly faults: NonNullable<Problem['errors']>;

  constructor(message: string, { status, code, requestId, retryAfter, faults = [], cause }: ErrorDetails) {
    super(message, { cause });
    this.status = status;
    this.code = code;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
    this.faults = faults;
  }
}

/** Codes of answers that are not the service's own, such as those of a gateway before it. */
const codesByStatus: Record<number, ErrorCode> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'payload_too_large',
  429: 'rate_limited',
};

/** The error of an answer with a status of 400 or more. */
export async function readError(answer: Response): Promise<LlmServiceError> {
  const body = await readBody(answer);
  const { status } = answer;
  const text = body.detail ?? body.message;
  return new LlmServiceError(text ?? `The service answered ${status} ${answer.statusText}`.trim(), {
    status,
    code: body.code ?? codesByStatus[status] ?? (status < 500 ? 'invalid_request' : 'no_answer'),
    requestId: body.request_id ?? answer.headers.get('x-request-id') ?? undefined,
    retryAfter: readRetryAfter(answer.headers.get('retry-after')),
    faults: Array.isArray(body.errors) ? body.errors : undefined,
  });
}

async function readBody(answer: Response): Promise<Partial<Problem> & { message?: string }> {
  const text = await answer.text().catch(() => '');
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}

/** Seconds, of a number or a date (RFC 9110 §10.2.3). */
function readRetryAfter(text: string | null): number | undefined {
  if (text === null || text.trim() === '') return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}
