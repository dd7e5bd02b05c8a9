import type OpenAI from 'openai';
import type { ChatRequest } from '../core/attempts/language-model.ts';
import { findModel } from '../core/providers/find-model.ts';
import type { Provider } from '../core/providers/provider.ts';
import type { JsonSchema } from '../core/task-types/json-schemas.ts';

type ChatBody = OpenAI.ChatCompletionCreateParamsNonStreaming;
type StreamBody = OpenAI.ChatCompletionCreateParamsStreaming;
type Json = Record<string, unknown>;

/** Members of a caller's body that this service decides on. */
const own = ['model', 'messages', 'stream', 'stream_options', 'max_tokens', 'max_completion_tokens'];

/**
 * A chat completion's body as this provider takes it: without what the model refuses, with what it needs. What the
 * caller set counts before what the model's definition adds.
 */
export function buildChatBody(provider: Provider, request: ChatRequest): ChatBody {
  return buildBody(provider, request) as unknown as ChatBody;
}

/** The same, for an answer in pieces that ends with its usage. */
export function buildStreamBody(provider: Provider, request: ChatRequest): StreamBody {
  const wanted = request.parameters?.stream_options as Json | null | undefined;
  const stream_options = { ...wanted, include_usage: true };
  return { ...buildBody(provider, request), stream: true, stream_options } as unknown as StreamBody;
}

function buildBody(provider: Provider, request: ChatRequest): Json {
  const model = findModel(provider, request.model);
  const refused: readonly string[] = model.refuses;
  const takes = (parameter: string) => !refused.includes(parameter);
  const body: Json = {
    model: request.model,
    messages: request.messages,
    ...model.extraBody,
    ...passOn(provider, request.parameters ?? {}, takes),
  };
  if (request.temperature !== undefined && takes('temperature')) body.temperature = request.temperature;
  if (request.maxTokens !== undefined && takes('max_tokens'))
    body[provider.maxTokensName] = request.maxTokens;
  if (request.responseSchema && takes('response_format')) {
    if (provider.structuredOutput === 'json_schema')
      body.response_format = bySchema(provider, request.responseSchema);
    if (provider.structuredOutput === 'json_object') body.response_format = { type: 'json_object' };
  }
  return body;
}

function passOn(provider: Provider, parameters: Readonly<Json>, takes: (parameter: string) => boolean): Json {
  const { response_format, ...others } = parameters;
  const passed = Object.entries(others).filter(([name]) => takes(name) && !own.includes(name));
  const format = takes('response_format') ? formatFor(provider, response_format) : undefined;
  return { ...Object.fromEntries(passed), ...(format !== undefined && { response_format: format }) };
}

/** The caller's format as the provider knows it; undefined: not at all, so that only the prompt can ask for it. */
function formatFor({ structuredOutput }: Provider, format: unknown): unknown {
  if (structuredOutput === 'prompt') return undefined;
  const isSchema = (format as { type?: unknown } | null | undefined)?.type === 'json_schema';
  return isSchema && structuredOutput === 'json_object' ? { type: 'json_object' } : format;
}

function bySchema({ boundsTexts }: Provider, schema: JsonSchema): unknown {
  const strict = isStrict(schema);
  const asked = strict && !boundsTexts ? withoutLengths(schema) : schema;
  return { type: 'json_schema', json_schema: { name: 'answer', schema: asked, strict } };
}

/** OpenAI's strict mode knows no lengths of texts. They are checked here in any case. */
function withoutLengths(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutLengths);
  if (typeof node !== 'object' || node === null) return node;
  const { minLength: _least, maxLength: _most, ...rest } = node as JsonSchema;
  const isText = [rest.type].flat().includes('string');
  const members = Object.entries(isText ? rest : node);
  return Object.fromEntries(
    members.map(([name, member]) => [name, isValue(name) ? member : withoutLengths(member)]),
  );
}

const isValue = (keyword: string) => ['enum', 'const', 'default', 'examples'].includes(keyword);

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
