import type { FailureKindName } from './provider-failure.ts';

/** The first rule decides whose members all match. `code` matches the vendor's code or its type. */
export interface ErrorRule {
  status?: number;
  code?: string;
  message?: RegExp;
  kind: FailureKindName;
  /** Milliseconds until the failure passes, where the vendor documents them and its answer does not say. */
  waitMs?: number;
}

/** Qwen names no wait: its limit of tokens a minute frees within the minute, a burst within seconds. */
const tokensAMinuteMs = 20_000;
const burstMs = 3_000;

/**
 * How each vendor's errors read, where they differ from what the status says. Recorded bodies are in
 * test/unit/core/attempts/recorded-errors.ts with their dates.
 */
export const errorRules: Readonly<Record<string, readonly ErrorRule[]>> = {
  openai: [
    { code: 'insufficient_quota', kind: 'quota' },
    { code: 'billing_hard_limit_reached', kind: 'quota' },
    { code: 'content_policy_violation', kind: 'content_filtered' },
    { code: 'context_length_exceeded', kind: 'too_long' },
    { code: 'exceed_context_size_error', kind: 'too_long' },
    { code: 'model_not_found', kind: 'model_unavailable' },
    { status: 503, kind: 'overloaded' },
  ],
  kimi: [
    { code: 'engine_overloaded_error', kind: 'overloaded' },
    { code: 'exceeded_current_quota_error', kind: 'quota' },
    { code: 'rate_limit_reached_error', kind: 'rate_limited' },
    { code: 'resource_not_found_error', kind: 'model_unavailable' },
    { code: 'permission_denied_error', kind: 'auth' },
    { code: 'server_unavailable', kind: 'overloaded' },
  ],
  // Here `insufficient_quota` means too many tokens a minute, which passes; a used-up free quota does not.
  qwen: [
    { message: /free (tier|quota|allocated quota)[^.]{0,60}(exhaust|exceed|used up)/i, kind: 'quota' },
    { code: 'AllocationQuota.FreeTierOnly', kind: 'quota' },
    { code: 'Arrearage', kind: 'quota' },
    { message: /overdue.payment|arrearage|account is (not )?in good standing/i, kind: 'quota' },
    { code: 'insufficient_quota', kind: 'rate_limited', waitMs: tokensAMinuteMs },
    { code: 'Throttling.RateQuota', kind: 'rate_limited', waitMs: burstMs },
    { code: 'Throttling.AllocationQuota', kind: 'rate_limited', waitMs: tokensAMinuteMs },
    { code: 'Throttling.BurstRate', kind: 'rate_limited', waitMs: burstMs },
    { code: 'limit_burst_rate', kind: 'rate_limited', waitMs: burstMs },
    { code: 'limit_requests', kind: 'rate_limited', waitMs: burstMs },
    { code: 'DataInspectionFailed', kind: 'content_filtered' },
    { code: 'data_inspection_failed', kind: 'content_filtered' },
    { code: 'InvalidApiKey', kind: 'auth' },
    { code: 'ModelNotFound', kind: 'model_unavailable' },
    { code: 'model_not_found', kind: 'model_unavailable' },
    { status: 503, kind: 'overloaded' },
  ],
  deepseek: [
    { message: /content exists risk/i, kind: 'content_filtered' },
    { status: 402, kind: 'quota' },
    { status: 503, kind: 'overloaded' },
  ],
  anthropic: [
    { code: 'enforced_spend_limit_reached', kind: 'quota' },
    { code: 'billing_error', kind: 'quota' },
    { message: /spend limit|specified API usage limits/i, kind: 'quota' },
    { message: /credit balance is too low/i, kind: 'quota' },
    { code: 'overloaded_error', kind: 'overloaded' },
    { status: 529, kind: 'overloaded' },
    { code: 'authentication_error', kind: 'auth' },
    { code: 'permission_error', kind: 'auth' },
  ],
  gemini: [
    { status: 400, message: /API key not valid|API_KEY_INVALID|API key expired/i, kind: 'auth' },
    {
      message:
        /billing (is|has) (not been |been )?(enabled|disabled)|check your plan and billing details[\s\S]*limit: 0\b/i,
      kind: 'quota',
    },
    { status: 503, kind: 'overloaded' },
    { status: 400, message: /input token count[^.]*exceeds/i, kind: 'too_long' },
  ],
  bedrock: [
    { code: 'ThrottlingException', kind: 'rate_limited' },
    { code: 'ServiceQuotaExceededException', kind: 'quota' },
    { code: 'AccessDeniedException', kind: 'auth' },
    { code: 'UnrecognizedClientException', kind: 'auth' },
    { code: 'ResourceNotFoundException', kind: 'model_unavailable' },
    { code: 'ModelNotReadyException', kind: 'overloaded' },
    { code: 'ServiceUnavailableException', kind: 'overloaded' },
    { code: 'ModelTimeoutException', kind: 'outage' },
    { status: 400, message: /model identifier is invalid/i, kind: 'model_unavailable' },
  ],
};

/** Not 429: a rate limit is exceeded in the same words. */
const statusesOfRefusals = [200, 400, 404, 413, 422, 500];
const forRefusals = (message: RegExp, kind: FailureKindName): ErrorRule[] =>
  statusesOfRefusals.map((status) => ({ status, message, kind }));

/** For every vendor, after its own rules: servers, proxies and platforms before any model say it so. */
export const commonRules: readonly ErrorRule[] = [
  { code: 'content_filter', kind: 'content_filtered' },
  ...forRefusals(
    /context.{0,10}(?:length|size|window)|maximum context|too many tokens|(?:prompt|input).{0,20}too long|range of input length|exceed.{0,30}token|n_ctx/i,
    'too_long',
  ),
  ...forRefusals(
    /\bmodel\b.{0,80}(?:not found|does(?: not|n't) exist|not loaded|no such)|no models? (?:is |are )?loaded|unknown model|invalid model/i,
    'model_unavailable',
  ),
];

/** What a status means where no rule of the vendor says otherwise (RFC 9110 §15.5 and §15.6). */
export function kindOfStatus(status: number): FailureKindName {
  if (status === 401 || status === 403) return 'auth';
  if (status === 402) return 'quota';
  if (status === 404) return 'model_unavailable';
  if (status === 413) return 'too_long';
  if (status === 429) return 'rate_limited';
  if (status === 408 || status === 409 || status === 425) return 'outage';
  // 529 is how Anthropic and some proxies say "overloaded".
  if (status === 529) return 'overloaded';
  if (status >= 400 && status < 500) return 'refused';
  return 'outage';
}
