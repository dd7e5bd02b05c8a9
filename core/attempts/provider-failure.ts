import { ServiceError, type TaskErrorCode } from '../service-error.ts';
import type { TokenUsage } from '../tasks/task.ts';

interface FailureKind {
  code: TaskErrorCode;
  /**
   * `retry`: another attempt at this provider, later. `failover`: at once at another one; here again only if
   * `retryable` and no other is left. `never`: the task would fail the same way anywhere.
   */
  next: 'retry' | 'failover' | 'never';
  retryable: boolean;
  /**
   * What it says of the provider: `outage` counts towards the circuit breaker, `unusable` opens it at once,
   * `rate_limited` only holds calls back.
   */
  health: 'none' | 'outage' | 'rate_limited' | 'unusable';
}

/** Every way in which a provider fails a call, and what follows from it. */
export const failureKinds = {
  /** The provider has no capacity left for any of its customers. */
  overloaded: { code: 'provider_error', next: 'failover', retryable: true, health: 'outage' },
  /** The rate limit of this account is used up for now. */
  rate_limited: { code: 'provider_error', next: 'retry', retryable: true, health: 'rate_limited' },
  /** 5xx, connection broken, an answer that is no answer, silence. */
  outage: { code: 'provider_error', next: 'retry', retryable: true, health: 'outage' },
  /** No connection was made: asking again costs nothing. */
  unreachable: { code: 'provider_error', next: 'retry', retryable: true, health: 'outage' },
  auth: { code: 'provider_auth', next: 'failover', retryable: false, health: 'unusable' },
  /** No balance: only a payment helps. */
  quota: { code: 'provider_quota', next: 'failover', retryable: false, health: 'unusable' },
  /** The provider does not have the model, or not for this key. */
  model_unavailable: { code: 'provider_error', next: 'failover', retryable: false, health: 'none' },
  /** More than this model's context window; that of another may be larger. */
  too_long: { code: 'provider_error', next: 'failover', retryable: false, health: 'none' },
  /** The request itself is refused. */
  refused: { code: 'provider_error', next: 'never', retryable: false, health: 'none' },
  content_filtered: { code: 'content_filtered', next: 'never', retryable: false, health: 'none' },
  invalid_output: { code: 'invalid_output', next: 'never', retryable: false, health: 'none' },
} as const satisfies Record<string, FailureKind>;

export type FailureKindName = keyof typeof failureKinds;

/** A provider failed a call. The adapter says what kind of failure it was; all else follows from the kind. */
export class ProviderFailure extends ServiceError {
  readonly kind: FailureKindName;
  readonly next: FailureKind['next'];
  readonly health: FailureKind['health'];
  /** What was paid for all the same, where the provider told. */
  usage: TokenUsage | undefined;
  /** What the model wrote, of an answer that cannot be used. */
  readonly answer: string | undefined;

  /** Of `too_long`: the tokens that the model takes, where the provider told them. */
  readonly contextWindow: number | undefined;

  /** @param options.retryAfter milliseconds that the provider asked to wait */
  constructor(
    kind: FailureKindName,
    message: string,
    options: {
      retryAfter?: number | undefined;
      cause?: unknown;
      usage?: TokenUsage | undefined;
      answer?: string | undefined;
      contextWindow?: number | undefined;
    } = {},
  ) {
    const { code, next, retryable, health } = failureKinds[kind];
    super(code, message, {
      retryable,
      cause: options.cause,
      ...(options.retryAfter === undefined ? {} : { retryAfter: options.retryAfter }),
    });
    this.kind = kind;
    this.next = next;
    this.health = health;
    this.usage = options.usage;
    this.answer = options.answer;
    this.contextWindow = options.contextWindow;
  }
}

/** Any error of a call as a failure of the provider. One that no adapter classified is an outage. */
export function asProviderFailure(error: unknown): ProviderFailure {
  if (error instanceof ProviderFailure) return error;
  if (error instanceof ServiceError) {
    const kind = error.retryable ? 'outage' : 'refused';
    return new ProviderFailure(kind, error.message, { retryAfter: error.retryAfter, cause: error });
  }
  return new ProviderFailure('outage', 'The call failed for an unknown reason', { cause: error });
}
