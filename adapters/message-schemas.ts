import * as z from 'zod';
import { toDouble } from '../core/json/exact-number.ts';

// Members that completions and the chunks of a stream share, in the forms that providers send them. What has another
// form counts as absent, but for what the answer is made of: a part of it would pass for the whole.

const thought = /think|reason/;

/** Typed blocks (OpenAI, Anthropic, Mistral): the texts count, thoughts do not. */
function textOfBlock(block: unknown): string {
  if (typeof block === 'string') return block;
  const { type, text } = (block ?? {}) as { type?: unknown; text?: unknown };
  if (thought.test(String(type))) return '';
  return typeof text === 'string' ? text : textOfValue(text);
}

/** Of the blocks of some: `{"type":"text","text":{"value":"…"}}`. */
function textOfValue(text: unknown): string {
  const { value } = (text ?? {}) as { value?: unknown };
  return typeof value === 'string' ? value : '';
}

/** A text, one typed block, or a list of them. */
const Content = z
  .unknown()
  .optional()
  .transform((value, context): { text?: string; refusal?: string | undefined } => {
    if (value === undefined || value === null) return {};
    if (typeof value === 'string') return { text: value };
    if (typeof value !== 'object' || !(Array.isArray(value) || 'type' in value)) {
      context.addIssue('is no text');
      return z.NEVER;
    }
    const blocks = [value].flat();
    return { text: blocks.map(textOfBlock).join(''), refusal: refusalIn(blocks) };
  });

function refusalIn(blocks: readonly unknown[]): string | undefined {
  const all = blocks as readonly ({ type?: unknown; refusal?: unknown } | null)[];
  const refusal = all.find((block) => block?.type === 'refusal')?.refusal;
  return typeof refusal === 'string' ? refusal : undefined;
}

const Text = z.string().nullish().catch(undefined);
export const Index = z.preprocess(toDouble, z.int().min(0)).nullish();

const spellings: Readonly<Record<string, string>> = {
  // Anthropic, Cohere, Gemini, Mistral and servers of Hugging Face in their own words.
  max_tokens: 'length',
  max_output_tokens: 'length',
  model_length: 'length',
  model_context_window_exceeded: 'length',
  token_limit: 'length',
  end_turn: 'stop',
  stop_sequence: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  complete: 'stop',
  completed: 'stop',
  tool_use: 'tool_calls',
  tool_call: 'tool_calls',
  safety: 'content_filter',
  recitation: 'content_filter',
  blocklist: 'content_filter',
  prohibited_content: 'content_filter',
  sensitive: 'content_filter',
  refusal: 'content_filter',
};

/** In OpenAI's words where it means one of them. Null: not ended. What is no text says that it has ended, and no more. */
export const FinishReason = z
  .unknown()
  .optional()
  .transform((value) => {
    if (value === undefined || value === null || value === '') return null;
    if (typeof value !== 'string') return 'stop';
    const known = value.toLowerCase();
    return spellings[known] ?? (openaiReasons.has(known) ? known : value);
  });
const openaiReasons = new Set(['stop', 'length', 'tool_calls', 'content_filter', 'function_call', 'error']);

/** JSON in a text; some servers send the value itself. */
const Arguments = z
  .unknown()
  .optional()
  .transform((value) => {
    if (value === undefined || value === null) return '';
    return typeof value === 'string' ? value : JSON.stringify(value);
  });

/** A tool call, or a piece of one. */
export const ToolCall = z.looseObject({
  index: Index,
  id: Text,
  type: Text,
  function: z.looseObject({ name: Text, arguments: Arguments }).nullish().catch(undefined),
});
export type ToolCall = z.output<typeof ToolCall>;

const ToolCalls = z
  .unknown()
  .optional()
  .transform((calls) => (Array.isArray(calls) ? calls : []))
  .pipe(z.array(ToolCall));

/** A message, or a piece of one. A refusal that stands among the blocks of its content is one. */
export const Message = z
  .looseObject({ content: Content, refusal: Text, tool_calls: ToolCalls })
  .transform(({ content, refusal, tool_calls, ...others }): Message => {
    const refused = refusal || content.refusal;
    return { ...others, ...(refused && { refusal: refused }), content: content.text, tool_calls };
  });
export interface Message extends Record<string, unknown> {
  content: string | undefined;
  tool_calls: ToolCall[];
}

/** What names and counts an answer: nothing that it would be refused for. */
export const answerMembers = {
  id: z.string().optional().catch(undefined),
  model: z.string().optional().catch(undefined),
  error: z.unknown().optional(),
};

/** Whether there is an error: some proxies send an empty one beside every answer. */
export function holdsError(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return Boolean(error);
  return Object.values(error).some((value) => value !== null && value !== '' && value !== 0);
}

/** What it means that a provider broke its answer off, and said so: OpenRouter and gateways, Z.AI, DeepSeek. */
export const brokenReasons: ReadonlyMap<string | null, 'outage' | 'overloaded'> = new Map([
  ['error', 'outage'],
  ['network_error', 'outage'],
  ['insufficient_system_resource', 'overloaded'],
]);

/** Providers say `stop` of an answer that calls tools. */
export function finishReasonOf(reason: string, callsTools: boolean): string {
  return callsTools && reason === 'stop' ? 'tool_calls' : reason;
}
