import type OpenAI from 'openai';
import type { ChatRequest } from '../core/attempts/language-model.ts';
import { findModel } from '../core/providers/find-model.ts';
import type { Provider } from '../core/providers/provider.ts';
import type { JsonSchema } from '../core/task-types/json-schemas.ts';

type ChatBody = OpenAI.ChatCompletionCreateParamsNonStreaming;

/** A chat completion's body as this provider takes it: without what the model refuses, with what it needs. */
export function buildChatBody(provider: Provider, request: ChatRequest): ChatBody {
  const model = findModel(provider, request.model);
  const takes = (parameter: 'temperature' | 'max_tokens' | 'response_format') =>
    !model.refuses.includes(parameter);
  const body: Record<string, unknown> = { model: request.model, messages: request.messages };
  if (request.temperature !== undefined && takes('temperature')) body.temperature = request.temperature;
  if (request.maxTokens !== undefined && takes('max_tokens'))
    body[provider.maxTokensName] = request.maxTokens;
  if (request.responseSchema && takes('response_format')) {
    if (provider.structuredOutput === 'json_schema') body.response_format = bySchema(request.responseSchema);
    if (provider.structuredOutput === 'json_object') body.response_format = { type: 'json_object' };
  }
  return { ...body, ...model.extraBody } as unknown as ChatBody;
}

function bySchema(schema: JsonSchema): unknown {
  return { type: 'json_schema', json_schema: { name: 'answer', schema, strict: isStrict(schema) } };
}

const looseKeywords = [
  'allOf',
  'oneOf',
  'not',
  'if',
  'patternProperties',
  'dependentRequired',
  'dependentSchemas',
];

/**
 * Whether a schema is of the kind that `strict: true` accepts (every object closed, every property required,
 * every value typed); with another one OpenAI answers 400.
 */
export function isStrict(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false;
  const schema = node as JsonSchema;
  if (looseKeywords.some((keyword) => keyword in schema)) return false;
  if ('$ref' in schema || 'enum' in schema || 'const' in schema) return true;
  if (Array.isArray(schema.anyOf)) return schema.anyOf.every(isStrict);
  if (schema.type === undefined) return false;
  if (schema.items !== undefined && !isStrict(schema.items)) return false;
  return isClosedObject(schema);
}

function isClosedObject(schema: JsonSchema): boolean {
  const types = [schema.type].flat();
  if (types.includes('array') && schema.items === undefined) return false;
  if (!types.includes('object')) return true;
  const properties = (schema.properties ?? {}) as Record<string, unknown>;
  const required = (schema.required ?? []) as string[];
  const definitions = Object.values((schema.$defs ?? {}) as Record<string, unknown>);
  return (
    schema.additionalProperties === false &&
    Object.keys(properties).every((name) => required.includes(name)) &&
    [...Object.values(properties), ...definitions].every(isStrict)
  );
}
