import type { FailureKindName } from '../../../../core/attempts/provider-failure.ts';

export interface RecordedError {
  /** Its name in the catalogue. */
  provider: string;
  name: string;
  status: number;
  headers?: Record<string, string>;
  body: unknown;
  kind: FailureKindName;
  /** Milliseconds, where the answer or the vendor's documentation tells them. */
  retryAfter?: number;
}

/** 22 November 2026, 12:00 UTC: dates in headers count from here. */
export const recordedAt = Date.UTC(2026, 10, 22, 12);

const openaiError = (message: string, type: string, code: string | null) => ({
  error: { message, type, param: null, code },
});

// Bodies in the vendors' own shapes. Sources: each vendor's error page and issue threads that quote whole
// bodies, read in November 2026; Kimi's 429s also from MoonshotAI/kimi-cli#2209 (May 2026), Gemini's list
// from n4ze3m/page-assist#406 (February 2025), Qwen's quota wording from can1357/oh-my-pi#8476 (August 2026).
const openai: Omit<RecordedError, 'provider'>[] = [
  {
    name: 'requests a minute used up, in a sentence',
    status: 429,
    body: openaiError(
      'Rate limit reached for gpt-6-luna in organization org-abc123 on requests per min (RPM): Limit 500, Used 500, Requested 1. Please try again in 120ms.',
      'requests',
      'rate_limit_exceeded',
    ),
    kind: 'rate_limited',
    retryAfter: 120,
  },
  {
    name: 'tokens a minute used up, in headers',
    status: 429,
    headers: {
      'x-ratelimit-remaining-requests': '499',
      'x-ratelimit-reset-requests': '120ms',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '6m0s',
    },
    body: openaiError('Rate limit reached on tokens per min (TPM)', 'tokens', 'rate_limit_exceeded'),
    kind: 'rate_limited',
    retryAfter: 360_000,
  },
  {
    name: 'no balance',
    status: 429,
    body: openaiError(
      'You exceeded your current quota, please check your plan and billing details.',
      'insufficient_quota',
      'insufficient_quota',
    ),
    kind: 'quota',
  },
  {
    name: 'no balance, code left empty',
    status: 429,
    body: openaiError('You exceeded your current quota', 'insufficient_quota', null),
    kind: 'quota',
  },
  {
    name: 'wrong key',
    status: 401,
    body: openaiError(
      'Incorrect API key provided: sk-abc********xyz.',
      'invalid_request_error',
      'invalid_api_key',
    ),
    kind: 'auth',
  },
  {
    name: 'country not served',
    status: 403,
    body: openaiError(
      'Country, region, or territory not supported',
      'request_forbidden',
      'unsupported_country_region_territory',
    ),
    kind: 'auth',
  },
  {
    name: 'model not there',
    status: 404,
    body: openaiError(
      'The model `gpt-9` does not exist or you do not have access to it.',
      'invalid_request_error',
      'model_not_found',
    ),
    kind: 'model_unavailable',
  },
  {
    name: 'too long',
    status: 400,
    body: openaiError(
      "This model's maximum context length is 272000 tokens.",
      'invalid_request_error',
      'context_length_exceeded',
    ),
    kind: 'too_long',
  },
  {
    name: 'parameter refused',
    status: 400,
    body: openaiError(
      "Unsupported value: 'temperature' does not support 0.2 with this model.",
      'invalid_request_error',
      'unsupported_value',
    ),
    kind: 'refused',
  },
  {
    name: 'prompt filtered',
    status: 400,
    body: openaiError(
      'Your request was rejected by the content policy.',
      'invalid_request_error',
      'content_policy_violation',
    ),
    kind: 'content_filtered',
  },
  {
    name: 'server fault',
    status: 500,
    body: openaiError('The server had an error', 'server_error', null),
    kind: 'outage',
  },
  {
    name: 'overloaded',
    status: 503,
    body: openaiError('The engine is currently overloaded', 'server_error', null),
    kind: 'overloaded',
  },
  { name: 'a proxy’s page', status: 502, body: '<html><body>502 Bad Gateway</body></html>', kind: 'outage' },
  { name: 'nothing at all', status: 504, body: '', kind: 'outage' },
];

const kimi: Omit<RecordedError, 'provider'>[] = [
  {
    name: 'their capacity',
    status: 429,
    body: {
      error: {
        message: 'The engine is currently overloaded, please try again later',
        type: 'engine_overloaded_error',
      },
    },
    kind: 'overloaded',
  },
  {
    name: 'our concurrency, with Retry-After',
    status: 429,
    headers: { 'retry-after': '2' },
    body: { error: { message: 'max organization concurrency: 3', type: 'rate_limit_reached_error' } },
    kind: 'rate_limited',
    retryAfter: 2_000,
  },
  {
    name: 'our requests a minute, in a sentence',
    status: 429,
    body: {
      error: {
        message:
          'Your account org-abc<ak-def> request reached organization max RPM: 200, please try again after 1 seconds',
        type: 'rate_limit_reached_error',
      },
    },
    kind: 'rate_limited',
    retryAfter: 1_000,
  },
  {
    name: 'our tokens a minute, in headers',
    status: 429,
    headers: { 'x-ratelimit-limit': '500000', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '17' },
    body: { error: { message: 'request reached TPM rate limit', type: 'rate_limit_reached_error' } },
    kind: 'rate_limited',
    retryAfter: 17_000,
  },
  {
    name: 'no balance',
    status: 429,
    body: {
      error: {
        message: 'Your account is suspended, please check your plan and billing details',
        type: 'exceeded_current_quota_error',
      },
    },
    kind: 'quota',
  },
  {
    name: 'no balance, as its help page has it',
    status: 403,
    body: { error: { message: 'exceeded current quota', type: 'exceeded_current_quota_error' } },
    kind: 'quota',
  },
  {
    name: 'wrong key, without a code',
    status: 401,
    body: { error: { message: 'Invalid Authentication', type: 'invalid_authentication_error' } },
    kind: 'auth',
  },
  {
    name: 'key of the other platform',
    status: 401,
    body: { error: { message: 'Incorrect API key provided', type: 'incorrect_api_key_error' } },
    kind: 'auth',
  },
  {
    name: 'not allowed',
    status: 403,
    body: { error: { message: 'no permission', type: 'permission_denied_error' } },
    kind: 'auth',
  },
  {
    name: 'model not there',
    status: 404,
    body: {
      error: { message: 'Not found the model or Permission denied', type: 'resource_not_found_error' },
    },
    kind: 'model_unavailable',
  },
  {
    name: 'filtered',
    status: 400,
    body: {
      error: {
        message: 'The request was rejected because it was considered high risk',
        type: 'content_filter',
      },
    },
    kind: 'content_filtered',
  },
  {
    name: 'sampling is fixed',
    status: 400,
    body: {
      error: {
        message: 'invalid temperature: only 0.6 is allowed for this model',
        type: 'invalid_request_error',
      },
    },
    kind: 'refused',
  },
  {
    name: 'too long',
    status: 400,
    body: {
      error: {
        message: 'Invalid request: Your request exceeded model token limit: 262144',
        type: 'invalid_request_error',
      },
    },
    kind: 'too_long',
  },
  {
    name: 'server fault',
    status: 500,
    body: { error: { message: 'internal', type: 'server_error' } },
    kind: 'outage',
  },
  {
    name: 'unexpected output',
    status: 500,
    body: { error: { message: 'unexpected', type: 'unexpected_output' } },
    kind: 'outage',
  },
  {
    name: 'unavailable',
    status: 503,
    body: { error: { message: 'unavailable', type: 'server_unavailable' } },
    kind: 'overloaded',
  },
];

const qwen: Omit<RecordedError, 'provider'>[] = [
  {
    name: 'requests a minute',
    status: 429,
    body: {
      error: {
        message: 'Requests rate limit exceeded, please try again later.',
        type: 'Throttling.RateQuota',
        code: 'Throttling.RateQuota',
      },
    },
    kind: 'rate_limited',
    retryAfter: 3_000,
  },
  {
    name: 'tokens a minute, in OpenAI’s words for no balance',
    status: 429,
    body: {
      error: {
        message:
          'You exceeded your current quota, please check your plan and billing details. For details, see: https://help.aliyun.com/zh/model-studio/error-code#token-limit',
        type: 'insufficient_quota',
        param: 'insufficient_quota',
        code: 'insufficient_quota',
      },
    },
    kind: 'rate_limited',
    retryAfter: 20_000,
  },
  {
    name: 'tokens a minute, by its own code, in its own shape',
    status: 429,
    body: {
      code: 'Throttling.AllocationQuota',
      message: 'Allocated quota exceeded, please increase your quota limit.',
      request_id: 'r-1',
    },
    kind: 'rate_limited',
    retryAfter: 20_000,
  },
  {
    name: 'free quota used up for good',
    status: 403,
    body: {
      error: {
        message:
          'The free tier of the model has been exhausted. If you wish to continue access the model on a paid basis, disable the free tier only mode.',
        type: 'AllocationQuota.FreeTierOnly',
        code: 'AllocationQuota.FreeTierOnly',
      },
    },
    kind: 'quota',
  },
  {
    name: 'free quota used up, under the throttle’s code',
    status: 429,
    body: {
      error: {
        message: 'Free allocated quota exceeded.',
        type: 'insufficient_quota',
        code: 'Throttling.AllocationQuota',
      },
    },
    kind: 'quota',
  },
  {
    name: 'burst',
    status: 429,
    body: {
      error: {
        message:
          'Request rate increased too quickly. To ensure system stability, please adjust your client logic to scale requests more smoothly over time.',
        type: 'limit_burst_rate',
        code: 'limit_burst_rate',
      },
    },
    kind: 'rate_limited',
    retryAfter: 3_000,
  },
  {
    name: 'unpaid',
    status: 400,
    body: {
      error: {
        message: 'Access denied, please make sure your account is in good standing.',
        type: 'Arrearage',
        code: 'Arrearage',
      },
    },
    kind: 'quota',
  },
  {
    name: 'wrong key, or another region’s',
    status: 401,
    body: {
      error: {
        message: 'Incorrect API key provided.',
        type: 'invalid_request_error',
        code: 'invalid_api_key',
      },
    },
    kind: 'auth',
  },
  {
    name: 'wrong key, by its own code',
    status: 401,
    body: { code: 'InvalidApiKey', message: 'Invalid API-key provided.' },
    kind: 'auth',
  },
  {
    name: 'not allowed',
    status: 403,
    body: { code: 'AccessDenied', message: 'Access denied.' },
    kind: 'auth',
  },
  {
    name: 'model not there',
    status: 404,
    body: {
      error: {
        message: 'The model `qwen9` does not exist.',
        type: 'invalid_request_error',
        code: 'model_not_found',
      },
    },
    kind: 'model_unavailable',
  },
  {
    name: 'filtered',
    status: 400,
    body: {
      error: {
        message: 'Input data may contain inappropriate content.',
        type: 'data_inspection_failed',
        code: 'data_inspection_failed',
      },
    },
    kind: 'content_filtered',
  },
  {
    name: 'too long',
    status: 400,
    body: {
      error: {
        message: 'Range of input length should be [1, 983616]',
        type: 'invalid_request_error',
        code: 'invalid_parameter_error',
      },
    },
    kind: 'too_long',
  },
  {
    name: 'parameter refused',
    status: 400,
    body: { code: 'InvalidParameter', message: 'temperature must be below 2' },
    kind: 'refused',
  },
  {
    name: 'server fault',
    status: 500,
    body: { code: 'InternalError', message: 'internal error' },
    kind: 'outage',
  },
  {
    name: 'overloaded',
    status: 503,
    body: { code: 'ModelServingError', message: 'Too many requests' },
    kind: 'overloaded',
  },
];

const deepseekError = (message: string, type = 'invalid_request_error') => openaiError(message, type, type);

const deepseek: Omit<RecordedError, 'provider'>[] = [
  {
    name: 'malformed',
    status: 400,
    body: deepseekError('Failed to deserialize the JSON body'),
    kind: 'refused',
  },
  { name: 'filtered', status: 400, body: deepseekError('Content Exists Risk'), kind: 'content_filtered' },
  {
    name: 'wrong key',
    status: 401,
    body: deepseekError('Authentication Fails, Your api key: ****abcd is invalid', 'authentication_error'),
    kind: 'auth',
  },
  {
    name: 'no balance',
    status: 402,
    body: deepseekError('Insufficient Balance', 'unknown_error'),
    kind: 'quota',
  },
  {
    name: 'parameter refused',
    status: 422,
    body: deepseekError('Invalid max_tokens value'),
    kind: 'refused',
  },
  {
    name: 'too fast',
    status: 429,
    body: deepseekError('Rate limit reached', 'rate_limit_error'),
    kind: 'rate_limited',
  },
  {
    name: 'server fault',
    status: 500,
    body: deepseekError('Internal Server Error', 'server_error'),
    kind: 'outage',
  },
  {
    name: 'overloaded',
    status: 503,
    body: deepseekError('Service is too busy', 'service_unavailable_error'),
    kind: 'overloaded',
  },
];

const anthropicError = (type: string, message: string, details?: unknown) => ({
  type: 'error',
  error: { type, message, ...(details ? { details } : {}) },
  request_id: 'req_1',
});

const anthropic: Omit<RecordedError, 'provider'>[] = [
  {
    name: 'our rate',
    status: 429,
    headers: { 'retry-after': '12', 'anthropic-ratelimit-requests-remaining': '0' },
    body: anthropicError('rate_limit_error', 'This request would exceed your organization’s rate limit'),
    kind: 'rate_limited',
    retryAfter: 12_000,
  },
  {
    name: 'our rate, by the reset’s date',
    status: 429,
    headers: {
      'anthropic-ratelimit-output-tokens-remaining': '0',
      'anthropic-ratelimit-output-tokens-reset': '2026-11-22T12:00:30Z',
    },
    body: anthropicError('rate_limit_error', 'rate limited'),
    kind: 'rate_limited',
    retryAfter: 30_000,
  },
  {
    name: 'the month’s spend limit',
    status: 429,
    body: anthropicError('rate_limit_error', 'You have reached a limit', {
      error_code: 'enforced_spend_limit_reached',
    }),
    kind: 'quota',
  },
  {
    name: 'a spend limit set by the account',
    status: 400,
    body: anthropicError('invalid_request_error', 'You have reached your specified API usage limits.'),
    kind: 'quota',
  },
  {
    name: 'no balance',
    status: 400,
    body: anthropicError(
      'invalid_request_error',
      'Your credit balance is too low to access the Anthropic API.',
    ),
    kind: 'quota',
  },
  { name: 'billing', status: 402, body: anthropicError('billing_error', 'billing'), kind: 'quota' },
  {
    name: 'wrong key',
    status: 401,
    body: anthropicError('authentication_error', 'invalid x-api-key'),
    kind: 'auth',
  },
  { name: 'not allowed', status: 403, body: anthropicError('permission_error', 'not allowed'), kind: 'auth' },
  {
    name: 'model not there',
    status: 404,
    body: anthropicError('not_found_error', 'model: claude-9'),
    kind: 'model_unavailable',
  },
  {
    name: 'too large',
    status: 413,
    body: anthropicError('request_too_large', 'too large'),
    kind: 'too_long',
  },
  {
    name: 'too long',
    status: 400,
    body: anthropicError('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
    kind: 'too_long',
  },
  {
    name: 'malformed',
    status: 400,
    body: anthropicError('invalid_request_error', 'messages: field required'),
    kind: 'refused',
  },
  {
    name: 'overloaded',
    status: 529,
    body: anthropicError('overloaded_error', 'Overloaded'),
    kind: 'overloaded',
  },
  {
    name: 'server fault',
    status: 500,
    body: anthropicError('api_error', 'Internal server error'),
    kind: 'outage',
  },
];

const geminiError = (code: number, message: string, status: string, details?: unknown) => [
  { error: { code, message, status, ...(details ? { details } : {}) } },
];

const gemini: Omit<RecordedError, 'provider'>[] = [
  {
    name: 'our rate',
    status: 429,
    body: geminiError(429, 'Resource has been exhausted (e.g. check quota).', 'RESOURCE_EXHAUSTED'),
    kind: 'rate_limited',
  },
  {
    name: 'our rate, with RetryInfo',
    status: 429,
    body: geminiError(
      429,
      'You exceeded your current quota, please check your plan and billing details.',
      'RESOURCE_EXHAUSTED',
      [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34s' }],
    ),
    kind: 'rate_limited',
    retryAfter: 34_000,
  },
  {
    name: 'a limit of zero',
    status: 429,
    body: geminiError(
      429,
      'You exceeded your current quota, please check your plan and billing details.\n* Quota exceeded for metric: generate_content_free_tier_requests, limit: 0',
      'RESOURCE_EXHAUSTED',
    ),
    kind: 'quota',
  },
  {
    name: 'wrong key, as a 400',
    status: 400,
    body: geminiError(400, 'API key not valid. Please pass a valid API key.', 'INVALID_ARGUMENT'),
    kind: 'auth',
  },
  {
    name: 'not allowed',
    status: 403,
    body: geminiError(403, 'Permission denied', 'PERMISSION_DENIED'),
    kind: 'auth',
  },
  {
    name: 'model not there',
    status: 404,
    body: geminiError(404, 'models/gemini-9 is not found', 'NOT_FOUND'),
    kind: 'model_unavailable',
  },
  {
    name: 'too long',
    status: 400,
    body: geminiError(
      400,
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1000000).',
      'INVALID_ARGUMENT',
    ),
    kind: 'too_long',
  },
  {
    name: 'malformed',
    status: 400,
    body: geminiError(400, 'Invalid JSON payload received.', 'INVALID_ARGUMENT'),
    kind: 'refused',
  },
  {
    name: 'overloaded',
    status: 503,
    body: geminiError(503, 'The model is overloaded.', 'UNAVAILABLE'),
    kind: 'overloaded',
  },
  {
    name: 'server fault',
    status: 500,
    body: geminiError(500, 'An internal error has occurred', 'INTERNAL'),
    kind: 'outage',
  },
  {
    name: 'too slow for itself',
    status: 504,
    body: geminiError(504, 'Deadline expired', 'DEADLINE_EXCEEDED'),
    kind: 'outage',
  },
];

const aws = (type: string) => ({ 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/` });

const bedrock: Omit<RecordedError, 'provider'>[] = [
  {
    name: 'our rate',
    status: 429,
    headers: aws('ThrottlingException'),
    body: { message: 'Too many requests' },
    kind: 'rate_limited',
  },
  {
    name: 'not allowed',
    status: 403,
    headers: aws('AccessDeniedException'),
    body: { message: 'You don’t have access to the model' },
    kind: 'auth',
  },
  {
    name: 'wrong key',
    status: 403,
    headers: aws('UnrecognizedClientException'),
    body: { message: 'invalid token' },
    kind: 'auth',
  },
  {
    name: 'model not there',
    status: 404,
    headers: aws('ResourceNotFoundException'),
    body: { message: 'not found' },
    kind: 'model_unavailable',
  },
  {
    name: 'model of another region',
    status: 400,
    headers: aws('ValidationException'),
    body: { message: 'The provided model identifier is invalid.' },
    kind: 'model_unavailable',
  },
  {
    name: 'malformed',
    status: 400,
    headers: aws('ValidationException'),
    body: { message: 'Malformed input request' },
    kind: 'refused',
  },
  {
    name: 'model warming up',
    status: 429,
    headers: aws('ModelNotReadyException'),
    body: { message: 'not ready' },
    kind: 'overloaded',
  },
  {
    name: 'quota',
    status: 400,
    headers: aws('ServiceQuotaExceededException'),
    body: { message: 'quota' },
    kind: 'quota',
  },
  {
    name: 'model too slow',
    status: 408,
    headers: aws('ModelTimeoutException'),
    body: { message: 'timed out' },
    kind: 'outage',
  },
  {
    name: 'server fault',
    status: 500,
    headers: aws('InternalServerException'),
    body: { message: 'internal' },
    kind: 'outage',
  },
  {
    name: 'unavailable',
    status: 503,
    headers: aws('ServiceUnavailableException'),
    body: { message: 'unavailable' },
    kind: 'overloaded',
  },
];

const local: Omit<RecordedError, 'provider'>[] = [
  {
    name: 'too long for llama.cpp',
    status: 400,
    body: {
      error: {
        code: 400,
        message: 'the request exceeds the available context size',
        type: 'exceed_context_size_error',
      },
    },
    kind: 'too_long',
  },
  {
    name: 'llama.cpp still loading its model',
    status: 503,
    body: { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
    kind: 'overloaded',
  },
  {
    name: 'Ollama without the model',
    status: 404,
    body: openaiError('model "x" not found, try pulling it first', 'api_error', null),
    kind: 'model_unavailable',
  },
  {
    name: 'wrong key',
    status: 401,
    body: { error: { message: 'Invalid API Key', type: 'authentication_error', code: 401 } },
    kind: 'auth',
  },
];

const of = (provider: string, errors: Omit<RecordedError, 'provider'>[]): RecordedError[] =>
  errors.map((error) => ({ provider, ...error }));

export const recordedErrors: RecordedError[] = [
  ...of('openai', openai),
  ...of('kimi', kimi),
  ...of('kimi-china', kimi),
  ...of('qwen', qwen),
  ...of('deepseek', deepseek),
  ...of('anthropic', anthropic),
  ...of('gemini', gemini),
  ...of('bedrock', bedrock),
  ...of('local', local),
  ...of('simulated', openai.slice(0, 1)),
];
