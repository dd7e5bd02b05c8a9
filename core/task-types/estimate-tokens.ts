import type { TaskInput } from '../tasks/task.ts';
import { buildMessages } from './build-messages.ts';
import type { TaskType } from './task-type.ts';

/**
 * Estimates a task's tokens, for routing and rate limits, by UTF-8 bytes ÷ 3.6: near enough for English
 * (about 4 bytes a token) and for Chinese (3 bytes a character, about one token).
 */
export function estimateTokens(
  type: TaskType,
  input: TaskInput,
  maxTokens: number | undefined,
): { prompt: number; completion: number } {
  const text = buildMessages(type, input, true)
    .map(({ content }) => content)
    .join('\n');
  const prompt = Math.ceil(Buffer.byteLength(text) / 3.6) + 8;
  const inputTokens = Math.ceil(Buffer.byteLength(JSON.stringify(input.data ?? '')) / 3.6);
  const { fixed, perInputToken } = type.completionTokens;
  const expected = Math.ceil(fixed + perInputToken * inputTokens);
  return { prompt, completion: Math.min(expected, maxTokens ?? expected) };
}
