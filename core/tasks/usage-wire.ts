import * as z from 'zod';
import type { TokenUsage } from './task.ts';

export const WireUsage = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
});
export type WireUsage = z.infer<typeof WireUsage>;

export function toWireUsage({ promptTokens, completionTokens }: TokenUsage): WireUsage {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}
