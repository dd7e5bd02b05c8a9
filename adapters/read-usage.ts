import * as z from 'zod';
import type { ChatRequest } from '../core/attempts/language-model.ts';
import { estimateTextTokens, textOfMessages } from '../core/task-types/estimate-tokens.ts';
import type { TokenUsage } from '../core/tasks/task.ts';

/** A number of tokens, also where it comes as digits in a text; of anything else nothing is known. */
const Count = z
  .unknown()
  .optional()
  .transform((value) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && number >= 0 && number <= Number.MAX_SAFE_INTEGER
      ? Math.round(number)
      : undefined;
  });

const Usage = z.object({
  prompt_tokens: Count,
  completion_tokens: Count,
  total_tokens: Count,
  prompt_tokens_details: z.object({ cached_tokens: Count }).optional().catch(undefined),
  /** Kimi's place for it, and DeepSeek's. */
  cached_tokens: Count,
  prompt_cache_hit_tokens: Count,
});

/** The usage of an answer; undefined where it tells none. */
export function readUsage(value: unknown): TokenUsage | undefined {
  const parsed = Usage.safeParse(value);
  if (!parsed.success) return undefined;
  const usage = parsed.data;
  const completionTokens = usage.completion_tokens ?? 0;
  const promptTokens = usage.prompt_tokens ?? Math.max(0, (usage.total_tokens ?? 0) - completionTokens);
  if (promptTokens + completionTokens === 0) return undefined;
  const cached =
    usage.prompt_tokens_details?.cached_tokens ?? usage.cached_tokens ?? usage.prompt_cache_hit_tokens;
  return { promptTokens, completionTokens, ...(cached ? { cachedPromptTokens: cached } : {}) };
}

/** A guess, for an answer that came and tells no usage: what was paid for is not to count as free. */
export function estimateUsage(
  { messages, parameters }: Pick<ChatRequest, 'messages' | 'parameters'>,
  answer: string,
): TokenUsage {
  const tools = parameters?.tools === undefined ? '' : JSON.stringify(parameters.tools);
  return {
    promptTokens: estimateTextTokens(textOfMessages(messages) + tools),
    completionTokens: estimateTextTokens(answer),
  };
}
