import * as z from 'zod';
import { answerMembers, FinishReason, Message } from './message-schemas.ts';

const ChunkChoice = z.looseObject({
  index: z.int().min(0).nullish(),
  delta: Message.nullish(),
  finish_reason: FinishReason,
  logprobs: z.looseObject({}).nullish(),
  error: z.unknown().optional(),
});
export type ChunkChoice = z.output<typeof ChunkChoice>;

/** One chunk of a streamed completion. One without choices may tell usage, or that the provider is alive. */
export const ChatChunk = z.looseObject({ ...answerMembers, choices: z.array(ChunkChoice).nullish() });
export type ChatChunk = z.output<typeof ChatChunk>;
