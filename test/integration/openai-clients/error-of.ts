import assert from 'node:assert/strict';
import OpenAI, { type APIError } from 'openai';

/** The error that a call of the official client is rejected with. */
export async function errorOf(call: PromiseLike<unknown>): Promise<APIError> {
  const error = await Promise.resolve(call).then(
    () => assert.fail('It was answered'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof OpenAI.APIError, String(error));
  return error;
}
