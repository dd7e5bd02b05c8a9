import * as z from 'zod';
import { asDouble } from '../json/exact-number.ts';
import { invalidRequest, parseRequest } from '../parse-request.ts';
import { InputItem, notServed } from './input-items.ts';

const count = (least: number, most = Number.MAX_SAFE_INTEGER) => asDouble(z.int().min(least).max(most));
const word = z.string().max(64);
const functionName = z.string().regex(/^[\w-]{1,64}$/, 'is 1 to 64 letters, digits, _ or -');

const TextFormat = z.discriminatedUnion(
  'type',
  [
    z.looseObject({ type: z.literal('text') }),
    z.looseObject({ type: z.literal('json_object') }),
    z.looseObject({
      type: z.literal('json_schema'),
      name: functionName,
      schema: z.record(z.string(), z.unknown()),
      strict: z.boolean().nullish(),
      description: z.string().nullish(),
    }),
  ],
  { error: () => 'has a type that is not served here; text, json_object and json_schema are' },
);

const Tool = z.looseObject({
  type: z.literal('function', 'is not served here: only tools of type function are'),
  name: functionName,
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
  description: z.string().nullish(),
});

const ToolChoice = z.union(
  [z.enum(['none', 'auto', 'required']), z.looseObject({ type: z.literal('function'), name: functionName })],
  { error: () => 'is none, auto, required, or an object of type function with a name' },
);

/** Members of `include` that are known: none of them asks for what is not there anyhow. */
const included = ['reasoning.encrypted_content', 'message.output_text.logprobs'] as const;

/** https://developers.openai.com/api/docs/guides/your-data: OpenAI's bounds. */
const Metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine((pairs) => Object.keys(pairs).length <= 16, 'has more than 16 members')
  .meta({ maxProperties: 16 });

/**
 * `POST /v1/responses`: all that is served of it. What is not served is refused by name.
 * https://developers.openai.com/api/reference/resources/responses/methods/create
 */
export const ResponseBody = z.strictObject({
  model: z.string().min(1).max(200),
  input: z.union([z.string().min(1), z.array(InputItem).min(1)], {
    error: ({ input }) =>
      input === undefined || Array.isArray(input) ? undefined : 'is a text or a list of items',
  }),
  instructions: z.string().nullish(),
  previous_response_id: z.string().min(1).max(100).nullish(),
  background: z.boolean().nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_obfuscation: z.boolean().nullish() }).nullish(),
  service_tier: z.string().max(40).nullish(),
  text: z.strictObject({ format: TextFormat.nullish(), verbosity: word.nullish() }).nullish(),
  tools: z.array(Tool).nullish(),
  tool_choice: ToolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  max_tool_calls: count(1).nullish(),
  max_output_tokens: count(1).nullish(),
  reasoning: z
    .looseObject({ effort: word.nullish(), summary: word.nullish(), generate_summary: word.nullish() })
    .nullish(),
  temperature: asDouble(z.number().min(0).max(2)).nullish(),
  top_p: asDouble(z.number().min(0).max(1)).nullish(),
  top_logprobs: count(0, 20).nullish(),
  include: z.array(z.enum(included, { error: () => 'is not served here' })).nullish(),
  metadata: Metadata.nullish(),
  truncation: z.literal('disabled', 'is not served here: only disabled is').nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  prompt_cache_key: z.string().nullish(),
  prompt_cache_retention: word.nullish(),
  /** What a client says of itself. */
  client_metadata: z.record(z.string(), z.unknown()).nullish(),
  conversation: notServed('send previous_response_id'),
  prompt: notServed('send input and instructions'),
  context_management: notServed('send what fits the model'),
  moderation: notServed('ask a model for it'),
  prompt_cache_options: notServed('send prompt_cache_key'),
});
export type ResponseBody = z.infer<typeof ResponseBody>;

/** Members of a list of the body that may have no more: the schema would find a fault in each. */
const most = { input: 10_000, tools: 1_000, include: 100 };
const mostParts = 10_000;

/** @param body without the options of this service. Throws `invalid_request`. */
export function parseResponseBody(body: Record<string, unknown>): ResponseBody {
  for (const [name, bound] of Object.entries(most)) refuseLong(body[name], `/${name}`, bound);
  if (Array.isArray(body.input))
    for (const [at, item] of body.input.entries())
      refuseLong(item?.content, `/input/${at}/content`, mostParts);
  const parsed = parseRequest(ResponseBody, body);
  if (parsed.background && parsed.store === false)
    throw invalidRequest([{ pointer: '/store', detail: 'must not be false of a background response' }]);
  return parsed;
}

function refuseLong(list: unknown, pointer: string, bound: number): void {
  if (Array.isArray(list) && list.length > bound)
    throw invalidRequest([{ pointer, detail: `has more than ${bound} members` }]);
}
