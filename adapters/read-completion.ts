import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { ChatChoice } from '../core/attempts/chat.ts';
import type { ChatReply, ChatRequest } from '../core/attempts/language-model.ts';
import { ProviderFailure } from '../core/attempts/provider-failure.ts';
import type { Provider } from '../core/providers/provider.ts';
import type { TokenUsage } from '../core/tasks/task.ts';
import { answerMembers, FinishReason, finishReasonOf, Message, type ToolCall } from './message-schemas.ts';
import { readRefusal } from './openai-errors.ts';
import { estimateUsage, readUsage } from './read-usage.ts';

const Choice = z.looseObject({
  message: Message,
  finish_reason: FinishReason,
  logprobs: z.unknown().optional(),
  error: z.unknown().optional(),
});

const Completion = z.looseObject({ ...answerMembers, choices: z.array(Choice).min(1) });

/**
 * A provider's answer with status 200 as a reply. Throws ProviderFailure where it is none: an error all the same, a
 * proxy's page, a form that no schema knows.
 */
export function readCompletion(
  provider: Provider,
  request: ChatRequest,
  answer: unknown,
  now: number,
): ChatReply {
  const parsed = Completion.safeParse(answer);
  if (!parsed.success || parsed.data.error) throw readRefusal(provider, answer, now);
  const { choices, usage, id, model } = parsed.data;
  const failed = choices.find((choice) => choice.error || choice.finish_reason === 'error');
  if (failed) throw readRefusal(provider, { error: failed.error }, now);
  return toReply(provider, request, {
    choices: choices.map(toChoice),
    usage: readUsage(usage),
    providerRequestId: id ?? null,
    model,
  });
}

type Choice = z.output<typeof Choice>;

function toChoice({ message, finish_reason, logprobs }: Choice, position: number): ChatChoice {
  const { tool_calls, content, ...rest } = message;
  const calls = tool_calls ?? [];
  return {
    index: position,
    message: {
      ...rest,
      role: 'assistant',
      content: content ?? null,
      ...(calls.length > 0 && { tool_calls: calls.map(toToolCall) }),
    },
    finish_reason: finishReasonOf(finish_reason ?? 'stop', calls.length > 0),
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
  /** Undefined where the provider told none: it is estimated. */
  usage: TokenUsage | undefined;
}

/** The reply to a request. A filtered answer is thrown as `content_filtered`, but for a caller's own chat, which is told all. */
export function toReply(provider: Provider, request: ChatRequest, answer: WholeAnswer): ChatReply {
  const { choices, providerRequestId, model } = answer;
  const [first] = choices;
  const usage = answer.usage ?? usageOf(request, choices);
  const isFiltered = first?.finish_reason === 'content_filter' || Boolean(first?.message.refusal);
  if (isFiltered && !request.parameters)
    throw new ProviderFailure('content_filtered', `${provider.name} filtered its answer`, { usage });
  return {
    content: first?.message.content ?? '',
    finishReason: first?.finish_reason ?? 'stop',
    usage,
    providerRequestId,
    ...(request.parameters && { choices, ...(model && { model }) }),
  };
}

function usageOf(request: ChatRequest, choices: ChatChoice[]): TokenUsage {
  const answer = choices.map(textOfChoice).join('');
  return answer === '' ? { promptTokens: 0, completionTokens: 0 } : estimateUsage(request, answer);
}

/** What was written: the text, its thoughts, the calls of tools. */
export function textOfChoice({ message: { role: _role, ...written } }: ChatChoice): string {
  return Object.values(written)
    .filter((value) => value !== null && value !== undefined)
    .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
    .join('');
}
