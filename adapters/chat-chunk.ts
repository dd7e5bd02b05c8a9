import * as z from 'zod';
import { answerMembers, FinishReason, Index, Message } from './message-schemas.ts';

const ChunkChoice = z
  .looseObject({
    index: Index,
    delta: Message.nullish(),
    /** Of servers that send the whole of it, though a stream was asked for. */
    message: Message.nullish(),
    finish_reason: FinishReason,
    logprobs: z.looseObject({}).nullish().catch(undefined),
    error: z.unknown().optional(),
  })
  .transform(({ message, ...choice }) => ({ ...choice, delta: choice.delta ?? message }));
export type ChunkChoice = z.output<typeof ChunkChoice>;

/** One chunk of a streamed completion. One without choices may tell usage, or that the provider is alive. */
export const ChatChunk = z.looseObject({ ...answerMembers, choices: z.array(ChunkChoice).nullish() });
export type ChatChunk = z.output<typeof ChatChunk>;
