import type { ChatMessage } from '../attempts/chat.ts';
import type { TaskInput } from '../tasks/task.ts';
import { buildMessages } from './build-messages.ts';
import type { TaskType } from './task-type.ts';

/** UTF-8 bytes ÷ 3.6: near for English (about 4 bytes a token) as for Chinese (3 bytes a character, about one token). */
export function estimateTextTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 3.6);
}

/** What a model reads of messages, near enough to be counted; of a part that is no text its address or bytes count little. */
export function textOfMessages(messages: readonly ChatMessage[]): string {
  return messages.map(({ content, ...rest }) => [textOf(content), ...extras(rest)].join('\n')).join('\n');
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (isText(part) ? part.text : '')).join('\n');
}

const isText = (part: unknown): part is { text: string } =>
  typeof (part as { text?: unknown } | null)?.text === 'string';

/** Calls of tools, with their arguments. */
const extras = ({ tool_calls }: Record<string, unknown>) => (tool_calls ? [JSON.stringify(tool_calls)] : []);

/** Tokens of a task before any model has seen it, for routing and rate limits. */
export function estimateTokens(
  type: TaskType,
  input: TaskInput,
  maxTokens: number | undefined,
): { prompt: number; completion: number } {
  const prompt = estimateTextTokens(textOfInput(type, input)) + 8;
  const answers = Number(input.chat?.parameters.n) || 1;
  const inputTokens = input.chat ? prompt : estimateTextTokens(JSON.stringify(input.data ?? ''));
  const { fixed, perInputToken } = type.completionTokens;
  const expected = Math.ceil(fixed + perInputToken * inputTokens);
  return { prompt, completion: answers * Math.min(expected, maxTokens ?? expected) };
}

function textOfInput(type: TaskType, input: TaskInput): string {
  if (input.embedding) return JSON.stringify(input.embedding.input);
  if (!input.chat) return textOfMessages(buildMessages(type, input, true));
  const { messages, parameters } = input.chat;
  const { tools, response_format } = parameters;
  return [
    textOfMessages(messages),
    ...[tools, response_format].map((part) => JSON.stringify(part) ?? ''),
  ].join('\n');
}
