import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { answerRepairs } from '../core/attempts/answer-repairs.ts';
import type { ChatChoice } from '../core/attempts/chat.ts';
import type { ChatReply, ChatRequest } from '../core/attempts/language-model.ts';
import { ProviderFailure } from '../core/attempts/provider-failure.ts';
import { quoteWords } from '../core/attempts/quote-words.ts';
import type { Provider } from '../core/providers/provider.ts';
import { leaveOutThoughts } from './leave-out-thoughts.ts';
import {
  answerMembers,
  brokenReasons,
  FinishReason,
  finishReasonOf,
  holdsError,
  Message,
  type ToolCall,
} from './message-schemas.ts';
import { readRefusal } from './openai-errors.ts';
import { readUsage, settleUsage, type ToldUsage } from './read-usage.ts';

const Choice = z
  .looseObject({
    message: Message.nullish(),
    /** Of servers that answer as if a stream or a completion of text were asked for. */
    delta: Message.nullish(),
    text: z.string().optional().catch(undefined),
    finish_reason: FinishReason,
    logprobs: z.unknown().optional(),
    error: z.unknown().optional(),
  })
  .transform(({ message, delta, text, ...choice }) => ({
    ...choice,
    message: message ?? delta ?? Message.parse({ content: text }),
  }));

const Completion = z.looseObject({ ...answerMembers, choices: z.array(Choice).min(1) });

/**
 * A provider's answer with status 200. Throws ProviderFailure where it is none: an error all the same, a proxy's page, a
 * form that no schema knows.
 */
export function readCompletion(provider: Provider, answer: unknown, now: number): WholeAnswer {
  const parsed = Completion.safeParse(answer);
  if (!parsed.success || holdsError(parsed.data.error)) throw readRefusal(provider, answer, now);
  const { choices, id, model } = parsed.data;
  const failed = choices.find(isBrokenOff);
  if (failed) throw readBrokenChoice(provider, failed, now);
  return {
    choices: choices.map(toChoice),
    usage: readUsage(provider, answer),
    providerRequestId: id ?? null,
    model,
  };
}

type Choice = z.output<typeof Choice>;

export function isBrokenOff({ error, finish_reason }: Pick<Choice, 'error' | 'finish_reason'>): boolean {
  return holdsError(error) || brokenReasons.has(finish_reason);
}

/** What a choice says of its end that its provider broke off: an error, or in one word why. */
export function readBrokenChoice(
  provider: Provider,
  { error, finish_reason }: Pick<Choice, 'error' | 'finish_reason'>,
  now: number,
): ProviderFailure {
  if (holdsError(error)) return readRefusal(provider, { error }, now, brokeOff(provider));
  const words = finish_reason === 'error' ? '' : `: ${finish_reason}`;
  return new ProviderFailure(brokenReasons.get(finish_reason) ?? 'outage', brokeOff(provider) + words);
}

export const brokeOff = ({ name }: Provider) => `${name} broke off its answer`;

function toChoice({ message, finish_reason, logprobs }: Choice, position: number): ChatChoice {
  const { tool_calls, content, ...rest } = message;
  return {
    index: position,
    message: {
      ...rest,
      role: 'assistant',
      content: content ?? null,
      ...(tool_calls.length > 0 && { tool_calls: tool_calls.map(toToolCall) }),
    },
    finish_reason: finishReasonOf(finish_reason ?? 'stop', tool_calls.length > 0),
    ...(logprobs != null && { logprobs }),
  };
}

/** With the id that its answer must name, and without the index that belongs to streams. */
function toToolCall({ index: _index, id, type, ...rest }: ToolCall): Record<string, unknown> {
  return { id: id || `call_${randomUUID()}`, type: type || 'function', ...rest };
}

export interface WholeAnswer extends Pick<ChatReply, 'providerRequestId' | 'model'> {
  /** At least one. */
  choices: ChatChoice[];
  /** What the provider told of it; the rest is estimated. */
  usage: ToldUsage | undefined;
}

/** The reply to a request. A filtered answer is thrown as `content_filtered`, but for a caller's own chat, which is told all. */
export function toReply(provider: Provider, request: ChatRequest, answer: WholeAnswer): ChatReply {
  const { choices, providerRequestId, model } = answer;
  const read = choices.map(withoutThoughts);
  const [first] = read;
  const usage = settleUsage(answer.usage, request, choices.map(textOfChoice).join(''));
  const refusal = first?.message.refusal;
  const isFiltered = first?.finish_reason === 'content_filter' || Boolean(refusal);
  if (isFiltered && !request.parameters)
    throw new ProviderFailure('content_filtered', filtered(provider, refusal), { usage });
  const { content } = first?.message ?? {};
  return {
    content: content ?? '',
    finishReason: first?.finish_reason ?? 'stop',
    usage,
    ...(content !== choices[0]?.message.content && { repairs: [answerRepairs.thoughts] }),
    providerRequestId,
    ...(request.parameters && { choices: read, ...(model && { model }) }),
  };
}

function filtered({ name }: Provider, refusal: unknown): string {
  return typeof refusal === 'string' && refusal
    ? `${name} refused to answer: ${quoteWords(refusal)}`
    : `The content filter of ${name} held back its answer: change what is asked for`;
}

/** Thoughts among the text are told where providers tell them that keep them apart. */
function withoutThoughts(choice: ChatChoice): ChatChoice {
  const { content } = choice.message;
  const { answer, thought } = leaveOutThoughts(content ?? '');
  if (content === null || answer === content) return choice;
  const { reasoning_content } = choice.message;
  const thoughts = reasoning_content || thought;
  const message = { ...choice.message, content: answer, ...(thoughts && { reasoning_content: thoughts }) };
  return { ...choice, message };
}

/** What was written: the text, its thoughts, the calls of tools. */
export function textOfChoice({ message: { role: _role, ...written } }: ChatChoice): string {
  return Object.values(written)
    .filter((value) => value !== null && value !== undefined)
    .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
    .join('');
}
