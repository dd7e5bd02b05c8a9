import * as z from 'zod';
import type { ChatDelta } from '../core/attempts/chat.ts';

/** A piece of an answer as its adapter brought it into one form; further members are kept. */
export const StoredDelta = z.object({
  choices: z.array(
    z.looseObject({
      index: z.number(),
      delta: z.looseObject({}),
      finish_reason: z.string().nullable(),
    }),
  ),
  rateLimits: z.record(z.string(), z.string()).optional(),
}) as unknown as z.ZodType<ChatDelta>;
