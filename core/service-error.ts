/** Codes that answer an HTTP request. functions/http/middleware/error-status.ts gives each its status. */
export const requestErrorCodes = [
  'invalid_request',
  'unauthenticated',
  'forbidden',
  'not_found',
  'method_not_allowed',
  'conflict',
  'payload_too_large',
  'idempotency_key_reused',
  'rate_limited',
  'queue_full',
  'budget_exceeded',
  'no_provider_available',
  'internal',
] as const;

/** Codes of a failed task. `internal`: a fault of the service itself, whose cause is only logged. */
export const taskErrorCodes = [
  'provider_error',
  'provider_auth',
  'provider_quota',
  'content_filtered',
  'invalid_output',
  'timeout',
  'retries_exhausted',
  'no_provider_available',
  'internal',
] as const;

export type RequestErrorCode = (typeof requestErrorCodes)[number];
export type TaskErrorCode = (typeof taskErrorCodes)[number];
export type ErrorCode = RequestErrorCode | TaskErrorCode;

/** One fault of a request: `pointer` is a JSON Pointer (RFC 6901) into the body, `''` for the whole. */
export interface FieldFault {
  pointer: string;
  detail: string;
}

export interface ServiceErrorOptions {
  /** Whether the same thing may succeed when repeated; decided where the failure is seen. */
  retryable?: boolean;
  /** Milliseconds to wait before repeating, where that is known. */
  retryAfter?: number;
  /** The fields at fault, for `invalid_request`. */
  faults?: FieldFault[];
  /** The methods that there are, for `method_not_allowed`. */
  allow?: string[];
  /** What a token lacks, for `forbidden`. */
  scope?: string;
  cause?: unknown;
}

/** A failure that the service expects. Callers see any other error, a bug or an outage, as `internal`. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfter: number | undefined;
  readonly faults: FieldFault[];
  readonly allow: string[];
  readonly scope: string | undefined;

  constructor(code: ErrorCode, message: string, options: ServiceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.retryAfter = options.retryAfter;
    this.faults = options.faults ?? [];
    this.allow = options.allow ?? [];
    this.scope = options.scope;
  }
}
