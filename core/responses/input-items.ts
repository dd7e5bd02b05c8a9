import * as z from 'zod';

// What `input` may hold: https://developers.openai.com/api/reference/resources/responses/methods/create
// Members that are not named here are ignored, so that the items of an answer can be handed in again as they are.

const instead = (what: string) => `is not served here: ${what}`;

/** @param what may be sent in its place */
export const notServed = (what: string) => z.null(instead(what)).optional();

const unknownType = (what: string, served: string) => ({
  error: () => `${what} of this type are not served here; ${served} are`,
});

const Text = (type: 'input_text' | 'output_text') =>
  z.looseObject({ type: z.literal(type), text: z.string() });
const Image = z.looseObject({
  type: z.literal('input_image'),
  image_url: z.string().min(1),
  detail: z.string().max(20).nullish(),
  file_id: notServed('send image_url, which may be a data URL'),
});
const File = z.looseObject({
  type: z.literal('input_file'),
  file_data: z.string().min(1),
  filename: z.string().max(500).nullish(),
  file_id: notServed('send file_data'),
  file_url: notServed('send file_data'),
});
const Refusal = z.looseObject({ type: z.literal('refusal'), refusal: z.string() });

export const ContentPart = z.discriminatedUnion(
  'type',
  [Text('input_text'), Text('output_text'), Image, File, Refusal],
  unknownType('Parts', 'input_text, output_text, input_image, input_file and refusal'),
);
export type ContentPart = z.infer<typeof ContentPart>;

const Content = z.union([z.string(), z.array(ContentPart)], {
  error: ({ input }) => (Array.isArray(input) ? undefined : 'is a text or a list of parts'),
});

const roles = ['user', 'assistant', 'system', 'developer'] as const;

const Message = z.looseObject({
  type: z.literal('message').optional(),
  role: z.enum(roles),
  content: Content,
});
const FunctionCall = z.looseObject({
  type: z.literal('function_call'),
  call_id: z.string().min(1).max(200),
  name: z.string().min(1).max(200),
  arguments: z.string(),
});
const FunctionCallOutput = z.looseObject({
  type: z.literal('function_call_output'),
  call_id: z.string().min(1).max(200),
  output: Content,
});
/** What a model thought: no provider takes it back. */
const Reasoning = z.looseObject({ type: z.literal('reasoning') });

export const InputItem = z.discriminatedUnion(
  'type',
  [Message, FunctionCall, FunctionCallOutput, Reasoning],
  unknownType('Items', 'message, function_call, function_call_output and reasoning'),
);
export type InputItem = z.infer<typeof InputItem>;
