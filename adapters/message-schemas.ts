import * as z from 'zod';

// Members that completions and the chunks of a stream share, in the forms that providers send them.

const thought = /think|reason/;

/** A text, or typed blocks, of which the texts count and thoughts do not. */
const Content = z
  .union([z.string(), z.array(z.unknown()).transform((blocks) => blocks.map(textOfBlock).join(''))])
  .nullish();

function textOfBlock(block: unknown): string {
  if (typeof block === 'string') return block;
  const { type, text } = (block ?? {}) as { type?: unknown; text?: unknown };
  return typeof text === 'string' && !thought.test(String(type)) ? text : '';
}

/** Null: not ended. What is no text says that it has ended, and no more. */
export const FinishReason = z
  .unknown()
  .optional()
  .transform((value) => {
    if (value === undefined || value === null || value === '') return null;
    return typeof value === 'string' ? value : 'stop';
  });

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
  index: z.int().nullish(),
  id: z.string().nullish(),
  type: z.string().nullish(),
  function: z.looseObject({ name: z.string().nullish(), arguments: Arguments }).nullish(),
});
export type ToolCall = z.output<typeof ToolCall>;

/** A message, or a piece of one. */
export const Message = z.looseObject({
  content: Content,
  refusal: z.string().nullish(),
  tool_calls: z.array(ToolCall).nullish(),
});
export type Message = z.output<typeof Message>;

/** What names and counts an answer: nothing that it would be refused for. */
export const answerMembers = {
  id: z.string().optional().catch(undefined),
  model: z.string().optional().catch(undefined),
  usage: z.unknown().optional(),
  error: z.unknown().optional(),
};

/** Providers say `stop` of an answer that calls tools. */
export function finishReasonOf(reason: string, callsTools: boolean): string {
  return callsTools && reason === 'stop' ? 'tool_calls' : reason;
}
