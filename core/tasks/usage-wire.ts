import * as z from 'zod';
import type { TokenUsage } from './task.ts';

export const WireUsage = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
  estimated: z
    .literal(true)
    .optional()
    .meta({ description: 'The provider did not tell all counts: they are estimated from the texts' }),
});
export type WireUsage = z.infer<typeof WireUsage>;

export function toWireUsage({ promptTokens, completionTokens, estimated }: TokenUsage): WireUsage {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    ...(estimated && { estimated }),
  };
}
