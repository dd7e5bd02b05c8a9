import assert from 'node:assert/strict';
import test from 'node:test';
import { buildChatBody, buildStreamBody, isStrict } from '../../../adapters/openai-chat-body.ts';
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

const chatFor = (name: string, parameters: Record<string, unknown>, model?: string) => {
  const own = { temperature: undefined, maxTokens: undefined, responseSchema: undefined };
  const {
    model: _model,
    messages: _messages,
    ...rest
  } = bodyFor(name, {
    ...own,
    ...(model && { model }),
    parameters,
  });
  return rest;
};

test('what the caller of a chat set is passed on, and counts before what the model adds', () => {
  assert.deepEqual(chatFor('openai', { reasoning_effort: 'high', top_p: 0.5, unheard_of: [1] }), {
    reasoning_effort: 'high',
    top_p: 0.5,
    unheard_of: [1],
  });
  assert.deepEqual(chatFor('openai', { top_p: 0.5 }), { reasoning_effort: 'none', top_p: 0.5 });
});

test('what the model refuses and what the service decides on is not passed on', () => {
  const parameters = {
    temperature: 1,
    top_p: 0.5,
    n: 2,
    model: 'other',
    messages: [{}],
    stream: true,
    stream_options: {},
    max_tokens: 5,
    max_completion_tokens: 5,
  };
  assert.deepEqual(chatFor('openai', parameters, 'gpt-6.1-sol'), { top_p: 0.5, n: 2 });
  assert.deepEqual(chatFor('kimi', parameters), { thinking: { type: 'disabled' } });
  assert.equal(bodyFor('openai', { parameters }).model, 'gpt-6-luna');
  assert.equal(bodyFor('openai', { parameters }).max_completion_tokens, 100);
});

test('the format of an answer is passed on as the provider knows it', () => {
  const byCaller = { type: 'json_schema', json_schema: { name: 'x', schema } };
  const formatOf = (name: string, format: object, model?: string) =>
    chatFor(name, { response_format: format }, model).response_format;
  assert.equal(formatOf('openai', byCaller), byCaller);
  assert.deepEqual(formatOf('qwen', byCaller), { type: 'json_object' });
  assert.deepEqual(formatOf('qwen', { type: 'text' }), { type: 'text' });
  assert.equal(formatOf('qwen', byCaller, 'qwen3.8-max'), undefined);
  assert.equal(formatOf('anthropic', byCaller), undefined);
  assert.equal(formatOf('anthropic', { type: 'json_object' }), undefined);
});

test('a stream is asked to end with its usage, beside what the caller wants of it', () => {
  const provider = providers.find((row) => row.name === 'openai') as Provider;
  const body = buildStreamBody(provider, {
    model: provider.defaultModel,
    messages: [],
    parameters: { stream_options: { include_obfuscation: false, include_usage: false } },
    signal: new AbortController().signal,
  });
  assert.equal(body.stream, true);
  assert.deepEqual(body.stream_options, { include_obfuscation: false, include_usage: true });
});

test('lengths of texts are left out where strict mode does not know them, and kept for a server that enforces them', () => {
  const properties = {
    a: { type: 'string', minLength: 1, maxLength: 9 },
    b: { type: 'array', items: { type: ['string', 'null'], maxLength: 9 }, maxItems: 3 },
    maxLength: { type: 'number', maximum: 1 },
    c: { enum: [{ type: 'string', maxLength: 9 }] },
  };
  const responseSchema = { ...schema, properties, required: Object.keys(properties) };
  const asked = (name: string, wanted: object) =>
    (
      bodyFor(name, { responseSchema: wanted as Record<string, unknown> }).response_format as {
        json_schema: { schema: unknown };
      }
    ).json_schema.schema;
  assert.deepEqual(asked('openai', responseSchema), {
    ...responseSchema,
    properties: {
      ...properties,
      a: { type: 'string' },
      b: { type: 'array', items: { type: ['string', 'null'] }, maxItems: 3 },
    },
  });
  assert.deepEqual(asked('local', responseSchema), responseSchema);
  const loose = { ...responseSchema, additionalProperties: true };
  assert.deepEqual(asked('openai', loose), loose, 'without strict mode they are no error');
});
