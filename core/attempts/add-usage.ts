import type { TokenUsage } from '../tasks/task.ts';

/** What two calls used together. */
export function addUsage(one: TokenUsage, other: TokenUsage): TokenUsage {
  const sum = (name: 'cachedPromptTokens' | 'reasoningTokens') => {
    const tokens = (one[name] ?? 0) + (other[name] ?? 0);
    return tokens > 0 ? { [name]: tokens } : {};
  };
  return {
    promptTokens: one.promptTokens + other.promptTokens,
    completionTokens: one.completionTokens + other.completionTokens,
    ...sum('cachedPromptTokens'),
    ...sum('reasoningTokens'),
    ...((one.estimated || other.estimated) && { estimated: true }),
  };
}
