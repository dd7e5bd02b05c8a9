import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import OpenAI from 'openai';
import { errorOf } from './error-of.ts';
import type { World } from './start-world.ts';
import { refuse } from './steps.ts';

const user = (content: string) => ({ role: 'user' as const, content });

export function testErrors({ client, connect, openai }: World): void {
  const ask = (model: string, content: string) =>
    client.chat.completions.create({ model, messages: [user(content)] });

  describe('errors as the official client reads them', () => {
    test('a wrong key is an AuthenticationError', async () => {
      const error = await errorOf(connect({ apiKey: 'wrong' }).models.list());
      assert.ok(error instanceof OpenAI.AuthenticationError);
      assert.deepEqual(
        [error.status, error.code, error.type],
        [401, 'invalid_api_key', 'invalid_request_error'],
      );
      assert.ok(error.requestID);
    });

    test('a model that does not exist is a NotFoundError that names the parameter', async () => {
      for (const model of ['none', 'openai/none', 'nobody/gpt-6-luna']) {
        const error = await errorOf(ask(model, 'Hello'));
        assert.ok(error instanceof OpenAI.NotFoundError, model);
        assert.deepEqual([error.code, error.param], ['model_not_found', 'model']);
      }
    });

    test('a bad message is a BadRequestError that says where, in a stream too', async () => {
      const messages = [user('a'), { content: 'no role' }] as never;
      for (const stream of [false, true]) {
        const error = await errorOf(client.chat.completions.create({ model: 'auto', messages, stream }));
        assert.ok(error instanceof OpenAI.BadRequestError);
        assert.deepEqual([error.param, error.type], ['messages[1].role', 'invalid_request_error']);
        assert.ok(error.requestID);
      }
    });

    test('an option of the service that is wrong is named as it was given', async () => {
      const body = { model: 'auto', messages: [user('a')], timeout: 'soon' };
      assert.equal((await errorOf(client.chat.completions.create(body))).param, 'timeout');
      const input = { model: 'openai/text-embedding-3-small', input: [] };
      assert.equal((await errorOf(client.embeddings.create(input))).param, 'input');
    });

    test('what a provider says of a bad request is told, once', async () => {
      openai.on('bad tool', refuse(400, { message: 'Unknown tool', type: 'invalid_request_error' }));
      const error = await errorOf(ask('openai/gpt-6-luna', 'bad tool'));
      assert.ok(error instanceof OpenAI.BadRequestError);
      assert.match(error.message, /Unknown tool/);
      assert.equal(error.headers?.get('x-should-retry'), 'false');
      assert.equal(openai.calls('bad tool').length, 1);
    });

    test('a path that is not served is a NotFoundError', async () => {
      assert.ok((await errorOf(client.images.generate({ prompt: 'a cat' }))) instanceof OpenAI.NotFoundError);
    });
  });
}
