import type { ChatChoice, ChoiceDelta } from '../attempts/chat.ts';
import type { Task, TaskResult, TokenUsage } from '../tasks/task.ts';
import type { ChatBody } from './chat-question.ts';
import { tierOf } from './own-options.ts';

// https://developers.openai.com/api/reference/resources/chat

/** What of a request its answer says. */
type Asked = Pick<ChatBody, 'service_tier'>;

/** The id by which a client knows an answer; the task's is in it. */
const completionId = ({ taskId }: Task) => taskId.replace(/^task_/, 'chatcmpl-');

/** Every choice of a completed chat. */
export function choicesOf({ content, finishReason, choices }: TaskResult): ChatChoice[] {
  if (choices) return choices;
  const message = { role: 'assistant', content, refusal: null };
  return [{ index: 0, message, logprobs: null, finish_reason: finishReason }];
}

/** A whole chat completion. */
export function toWireCompletion(task: Task, result: TaskResult, chat: Asked) {
  return {
    id: completionId(task),
    object: 'chat.completion',
    ...head(task, result, chat),
    choices: choicesOf(result).map((choice) => ({ logprobs: null, ...choice })),
    usage: toWireUsage(result.usage),
  };
}

/** One chunk of a streamed completion. @param usage undefined: the caller did not ask for it */
export function toWireChunk(
  task: Task,
  result: TaskResult | null,
  chat: Asked,
  choices: ChoiceDelta[],
  usage: TokenUsage | null | undefined,
) {
  return {
    id: completionId(task),
    object: 'chat.completion.chunk',
    ...head(task, result, chat),
    choices,
    ...(usage !== undefined && { usage: usage && toWireUsage(usage) }),
  };
}

function head(task: Task, result: TaskResult | null, chat: Asked) {
  return {
    // Seconds; the same in every chunk.
    created: Math.floor(task.createdAt / 1000),
    // The one that really answered, not the one that was asked for.
    model: result?.model ?? task.model,
    service_tier: tierOf(task.priority, chat.service_tier),
    system_fingerprint: null,
  };
}

function toWireUsage({ promptTokens, completionTokens, cachedPromptTokens, reasoningTokens }: TokenUsage) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    ...(cachedPromptTokens && { prompt_tokens_details: { cached_tokens: cachedPromptTokens } }),
    ...(reasoningTokens && { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
  };
}
