import * as z from 'zod';
import type { ChatChoice } from '../core/attempts/chat.ts';
import type { TaskResult, TokenUsage } from '../core/tasks/task.ts';
import { jsonText, type Members } from './parse-item.ts';
import { PackedText, packText } from './stored-text.ts';

// What a provider answers is not checked before it is stored. A row that cannot be read would be worse than a
// count of 0: nobody could read its task, or be told that it ended.

/** Anything but a text is read as its JSON. */
const text = z.string().catch(({ value }) => JSON.stringify(value) ?? '');
/** Digits in a text count, anything else is 0. */
const amount = z.number().catch(({ value }) => Number(value) || 0);

/** Written in this form by the adapter that read the provider's answer. */
const StoredChoice = z.custom<ChatChoice>(
  (value) => typeof value === 'object' && value !== null && 'index' in value && 'message' in value,
);

/** A TaskResult as JSON text, in the bucket. */
export const ResultText = jsonText(
  z.object({
    content: text,
    data: z.unknown().optional(),
    repairs: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
    finishReason: text,
    cached: z.boolean(),
    usage: z.object({
      promptTokens: amount,
      completionTokens: amount,
      cachedPromptTokens: amount.optional(),
      reasoningTokens: amount.optional(),
      estimated: z.literal(true).optional(),
    } satisfies Members<TokenUsage>),
    costUsd: amount,
    latencyMs: z.number(),
    choices: z.array(StoredChoice).optional(),
    model: text.optional(),
  } satisfies Members<TaskResult>),
);

/** The same in a row. */
export const StoredResult = PackedText.pipe(ResultText);

/** Bytes of a task's row beside its result, where its metadata is small. */
const besideResult = 750;

/** JSON text of a result for a task's row. */
export function packResult(text: string): ReturnType<typeof packText> {
  return packText(text, besideResult);
}

export function writeResult(result: TaskResult): ReturnType<typeof packText> {
  return packResult(JSON.stringify(result));
}
