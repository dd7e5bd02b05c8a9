import { firstText } from '../answers/merge-deltas.ts';
import type { Progress } from '../answers/told.ts';
import type { ChatChoice, ChoiceDelta, ToolCallDelta } from '../attempts/chat.ts';
import type { Task } from '../tasks/task.ts';
import type { ChatBody } from './chat-question.ts';
import { choicesOf, toWireChunk } from './chat-wire.ts';
import { failedTaskError } from './openai-error.ts';

/** How far a choice was told. */
interface ToldChoice {
  /** Members of its message. */
  members: ReadonlySet<string>;
  hasEnded: boolean;
}

/**
 * The chunks of a streamed chat, as JSON values. The first failure ends them by an `error`, which the official clients
 * throw: an answer that broke off must not look like a whole one. What was told of a thought before its end marked it as one
 * stays told.
 */
export async function* toChatChunks(
  progress: AsyncIterable<Progress>,
  chat: ChatBody,
): AsyncGenerator<object> {
  const told = new Map<number, ToldChoice>();
  const usage = chat.stream_options?.include_usage ? null : undefined;
  let task: Task | undefined;
  let attempt: number | undefined;
  /** Of the first choice. */
  let text = '';
  /** The answer is another text than was told. */
  let isOther = false;
  for await (const step of progress)
    switch (step.kind) {
      case 'state':
        task = step.task;
        break;
      case 'delta':
        // Of pieces that are no text a new attempt makes none void by itself.
        if (attempt !== undefined && told.size > 0 && step.attempt !== attempt) {
          yield brokenOff();
          return;
        }
        attempt = step.attempt;
        if (isOther) break;
        text += firstText(step.delta);
        if (task)
          yield toWireChunk(
            task,
            null,
            chat,
            step.delta.choices.map((choice) => withRole(choice, told)),
            usage,
          );
        break;
      case 'restart':
        // Nothing is begun anew once a piece was told (`stream: 'once'`), unless its worker was lost: the next piece tells.
        isOther = true;
        break;
      case 'ended': {
        task = step.task;
        const { result } = task;
        if (!result) {
          yield failedTaskError(task).body;
          return;
        }
        if (isOther && (task.attempts !== attempt || !text.endsWith(result.content))) {
          yield brokenOff();
          return;
        }
        for (const choice of choicesOf(result).flatMap((whole) => untold(whole, told)))
          yield toWireChunk(task, result, chat, [withRole(choice, told)], usage);
        if (usage === null) yield toWireChunk(task, result, chat, [], result.usage);
        return;
      }
    }
}

const brokenOff = () =>
  failedTaskError({
    status: 'failed',
    error: { code: 'provider_error', message: 'The answer broke off', provider: null, retryable: true },
  }).body;

/** The first piece of each choice says whose words they are, whatever the provider sent. */
function withRole(choice: ChoiceDelta, told: Map<number, ToldChoice>): ChoiceDelta {
  const before = told.get(choice.index);
  const { role, ...rest } = choice.delta;
  told.set(choice.index, {
    members: new Set([...(before?.members ?? []), 'role', ...Object.keys(rest)]),
    hasEnded: before?.hasEnded === true || choice.finish_reason !== null,
  });
  return before ? choice : { ...choice, delta: { role: role ?? 'assistant', ...rest } };
}

/** What of a whole choice was not told, such as one that came from the cache. */
function untold(
  { index, message, finish_reason, logprobs }: ChatChoice,
  told: Map<number, ToldChoice>,
): ChoiceDelta[] {
  const { members, hasEnded } = told.get(index) ?? { members: new Set(), hasEnded: false };
  if (hasEnded) return [];
  const left = Object.entries(message).filter(
    ([name, value]) => value !== null && name !== 'role' && !members.has(name),
  );
  const { tool_calls, ...delta } = Object.fromEntries(left);
  const calls = Array.isArray(tool_calls) && {
    tool_calls: tool_calls.map((call: object, at) => ({ index: at, ...call }) as ToolCallDelta),
  };
  return [
    ...(left.length > 0
      ? [{ index, delta: { ...delta, ...calls }, finish_reason: null, ...(logprobs ? { logprobs } : {}) }]
      : []),
    { index, delta: {}, finish_reason },
  ];
}
