import assert from 'node:assert/strict';
import test from 'node:test';
import { buildChatBody, isStrict } from '../../../adapters/openai-chat-body.ts';
import { providers } from '../../../config/providers.ts';
import type { ChatRequest } from '../../../core/attempts/language-model.ts';
import type { Provider } from '../../../core/providers/provider.ts';

const schema = {
  type: 'object',
  properties: { a: { type: 'string' } },
  required: ['a'],
  additionalProperties: false,
};
const bodyFor = (name: string, request: Partial<ChatRequest> = {}) => {
  const provider = providers.find((row) => row.name === name) as Provider;
  return buildChatBody(provider, {
    model: provider.defaultModel,
    messages: [],
    temperature: 0.2,
    maxTokens: 100,
    responseSchema: schema,
    signal: new AbortController().signal,
    ...request,
  }) as unknown as Record<string, unknown>;
};

test('each provider gets the parameters that it takes', () => {
  const shape = (name: string, model?: string) => {
    const {
      messages: _messages,
      response_format: format,
      model: _model,
      ...rest
    } = bodyFor(name, model ? { model } : {});
    return { ...rest, format: (format as { type: string } | undefined)?.type };
  };
  assert.deepEqual(shape('openai'), {
    temperature: 0.2,
    max_completion_tokens: 100,
    reasoning_effort: 'none',
    format: 'json_schema',
  });
  assert.deepEqual(shape('openai', 'gpt-6.1-sol'), { max_completion_tokens: 100, format: 'json_schema' });
  assert.deepEqual(shape('kimi'), {
    max_completion_tokens: 100,
    thinking: { type: 'disabled' },
    format: 'json_object',
  });
  assert.deepEqual(shape('qwen'), {
    temperature: 0.2,
    max_tokens: 100,
    enable_thinking: false,
    format: 'json_object',
  });
  assert.deepEqual(shape('qwen', 'qwen3.8-max'), { temperature: 0.2, max_tokens: 100, format: undefined });
  assert.deepEqual(shape('deepseek'), {
    temperature: 0.2,
    max_tokens: 100,
    thinking: { type: 'disabled' },
    format: 'json_object',
  });
  assert.deepEqual(shape('gemini'), { temperature: 0.2, max_tokens: 100, format: 'json_schema' });
  assert.deepEqual(shape('anthropic'), { temperature: 0.2, max_tokens: 100, format: undefined });
  assert.deepEqual(shape('bedrock'), { temperature: 0.2, max_tokens: 100, format: undefined });
  assert.deepEqual(shape('local'), { temperature: 0.2, max_tokens: 100, format: 'json_schema' });
});

test('what is not asked for is not sent', () => {
  assert.deepEqual(
    Object.keys(
      bodyFor('local', { temperature: undefined, maxTokens: undefined, responseSchema: undefined }),
    ),
    ['model', 'messages'],
  );
});

test('strict mode is asked for only where the schema allows it', () => {
  const strictOf = (responseSchema: Record<string, unknown>) =>
    (bodyFor('openai', { responseSchema }).response_format as { json_schema: { strict: boolean } })
      .json_schema.strict;
  assert.equal(strictOf(schema), true);
  assert.equal(strictOf({ type: 'object', properties: { a: { type: 'string' } } }), false);
});

test('open objects, optional or untyped members, and combinations are not strict', () => {
  assert.equal(isStrict({ ...schema, required: [] }), false);
  assert.equal(isStrict({ ...schema, additionalProperties: true }), false);
  assert.equal(isStrict({ ...schema, properties: { a: {} } }), false);
  assert.equal(isStrict({ type: 'array' }), false);
  assert.equal(isStrict({ allOf: [schema] }), false);
  assert.equal(isStrict({ anyOf: [schema, { type: 'null' }] }), true);
  assert.equal(isStrict({ type: 'array', items: schema }), true);
});
