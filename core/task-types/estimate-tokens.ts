import type { TaskInput } from '../tasks/task.ts';
import { buildMessages } from './build-messages.ts';
import type { TaskType } from './task-type.ts';

/** UTF-8 bytes ÷ 3.6: near for English (about 4 bytes a token) as for Chinese (3 bytes a character, about one token). */
export function estimateTextTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 3.6);
}

/** Tokens of a task before any model has seen it, for routing and rate limits. */
export function estimateTokens(
  type: TaskType,
  input: TaskInput,
  maxTokens: number | undefined,
): { prompt: number; completion: number } {
  const text = buildMessages(type, input, true)
    .map(({ content }) => content)
    .join('\n');
  const prompt = estimateTextTokens(text) + 8;
  const inputTokens = estimateTextTokens(JSON.stringify(input.data ?? ''));
  const { fixed, perInputToken } = type.completionTokens;
  const expected = Math.ceil(fixed + perInputToken * inputTokens);
  return { prompt, completion: Math.min(expected, maxTokens ?? expected) };
}
