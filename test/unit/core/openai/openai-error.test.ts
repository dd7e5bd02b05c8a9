import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failedTaskError, toOpenaiError } from '../../../../core/openai/openai-error.ts';
import { type FieldFault, type TaskErrorCode, taskErrorCodes } from '../../../../core/service-error.ts';

const problem = (
  code: 'invalid_request' | 'unauthenticated' | 'queue_full',
  status: number,
  errors?: FieldFault[],
) =>
  ({ type: 'about:blank', title: 't', status, detail: 'says why', code, ...(errors && { errors }) }) as const;

test('a refusal has OpenAI’s form, and names the parameter at fault', () => {
  const fault = problem('invalid_request', 400, [{ pointer: '/messages/0/role', detail: 'is required' }]);
  const { status, body, headers } = toOpenaiError(fault);
  assert.deepEqual([status, headers], [400, { 'x-should-retry': 'false' }]);
  assert.deepEqual(body, {
    error: { message: 'says why', type: 'invalid_request_error', param: 'messages[0].role', code: null },
  });
  assert.equal(
    toOpenaiError(problem('invalid_request', 400, [{ pointer: '/config/max_tokens', detail: '' }])).body.error
      .param,
    'max_tokens',
  );
  assert.equal(toOpenaiError(problem('unauthenticated', 401)).body.error.code, 'invalid_api_key');
});

test('a model that is not there is a 404, and what fits none is too long', () => {
  const missing = toOpenaiError(
    problem('invalid_request', 400, [{ pointer: '/config/model', detail: 'is not one' }]),
  );
  assert.deepEqual(
    [missing.status, missing.body.error.code, missing.body.error.param],
    [404, 'model_not_found', 'model'],
  );
  const large = toOpenaiError(
    problem('invalid_request', 400, [{ pointer: '/data', detail: 'is too large' }]),
  );
  assert.deepEqual([large.status, large.body.error.code], [400, 'context_length_exceeded']);
});

test('full queues may be asked again', () => {
  const { status, body, headers } = toOpenaiError(problem('queue_full', 429));
  assert.deepEqual([status, body.error.type, headers['x-should-retry']], [429, 'rate_limit_error', 'true']);
});

test('a failed task has the status that its code means, and says whether a repeat may help', () => {
  const of = (code: TaskErrorCode, retryable: boolean) => {
    const { status, headers, body } = failedTaskError({
      status: 'failed',
      error: { code, message: 'it broke', provider: 'kimi', retryable },
    });
    assert.equal(body.error.message, 'it broke');
    return [status, headers['x-should-retry']];
  };
  const statuses = Object.fromEntries(taskErrorCodes.map((code) => [code, of(code, true)[0]]));
  assert.deepEqual(statuses, {
    provider_error: 502,
    provider_auth: 502,
    provider_quota: 429,
    content_filtered: 400,
    invalid_output: 502,
    timeout: 504,
    retries_exhausted: 503,
    no_provider_available: 503,
    internal: 500,
  });
  assert.deepEqual(of('retries_exhausted', true), [503, 'true']);
  assert.deepEqual(of('provider_auth', false), [502, 'false']);
  assert.deepEqual(of('provider_error', false), [400, 'false'], 'refused by the provider');
  const cancelled = failedTaskError({ status: 'cancelled', error: null });
  assert.deepEqual([cancelled.status, cancelled.headers['x-should-retry']], [409, 'false']);
});
