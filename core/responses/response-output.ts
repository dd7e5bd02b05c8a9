import type { ChatChoice } from '../attempts/chat.ts';
import { choicesOf } from '../openai/chat-wire.ts';
import type { Task, TaskResult } from '../tasks/task.ts';
import { itemId } from './response-id.ts';

// Items of an output: https://developers.openai.com/api/reference/resources/responses

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** An item while its text grows: of a message its text or refusal, of a call its arguments. */
export interface OutputItem {
  kind: 'reasoning' | 'text' | 'refusal' | 'call';
  id: string;
  text: string;
  /** Of a call. */
  callId: string;
  name: string;
  logprobs: unknown[];
}

export function toWireItem(
  { kind, id, text, callId, name, logprobs }: OutputItem,
  status: ItemStatus,
): object {
  switch (kind) {
    case 'reasoning':
      return { id, type: 'reasoning', summary: [], content: text ? [toWirePart(kind, text)] : [], status };
    case 'call':
      return { id, type: 'function_call', status, call_id: callId, name, arguments: text };
    default: {
      // Before its first piece it has no part either.
      const content = status === 'in_progress' ? [] : [toWirePart(kind, text, logprobs)];
      return { id, type: 'message', status, role: 'assistant', content };
    }
  }
}

export function toWirePart(
  kind: Exclude<OutputItem['kind'], 'call'>,
  text: string,
  logprobs: unknown[] = [],
) {
  if (kind === 'reasoning') return { type: 'reasoning_text', text };
  if (kind === 'refusal') return { type: 'refusal', refusal: text };
  return { type: 'output_text', text, annotations: [], logprobs };
}

type Names = Pick<Task, 'taskId'>;

/** An item of an attempt, before anything of it came. @param at place among the calls */
export const newItem = {
  reasoning: (task: Names, attempt: number) => bare('reasoning', itemId('rs', task, attempt)),
  text: (task: Names, attempt: number) => bare('text', itemId('msg', task, attempt)),
  refusal: (task: Names, attempt: number) => bare('refusal', itemId('msg', task, attempt)),
  call: (task: Names, attempt: number, at: number, id = '', name = ''): OutputItem => ({
    ...bare('call', itemId('fc', task, attempt, at)),
    // Some providers count their calls from 0 each time, and no two items of a stream may have the same.
    callId: (id || `call_${at}`) + (attempt > 1 ? `_${attempt}` : ''),
    name,
  }),
};

function bare(kind: OutputItem['kind'], id: string): OutputItem {
  return { kind, id, text: '', callId: '', name: '', logprobs: [] };
}

type Json = Record<string, unknown>;

/** The thoughts that providers tell beside an answer. */
export const thoughtIn = ({ reasoning_content, reasoning }: Json): string =>
  [reasoning_content, reasoning].find((text): text is string => typeof text === 'string') ?? '';

/** What a model answered, in the order in which models write: thoughts, text, calls. */
export function outputItems(task: Names & Pick<Task, 'attempts'>, result: TaskResult): OutputItem[] {
  const choice = choicesOf(result).find(({ index }) => index === 0);
  if (!choice) return [];
  const { attempts } = task;
  const { content, refusal, tool_calls, ...others } = choice.message;
  const items: OutputItem[] = [];
  const thought = thoughtIn(others);
  if (thought !== '') items.push({ ...newItem.reasoning(task, attempts), text: thought });
  const calls = callsOf(tool_calls).map(({ id, function: { name, arguments: text = '' } = {} }, at) => ({
    ...newItem.call(task, attempts, at, id, name),
    text,
  }));
  if (typeof refusal === 'string' && refusal !== '')
    items.push({ ...newItem.refusal(task, attempts), text: refusal });
  else if (content || calls.length === 0)
    items.push({ ...newItem.text(task, attempts), text: content ?? '', logprobs: logprobsOf(choice) });
  return [...items, ...calls];
}

export interface CalledTool {
  index?: number;
  id?: string;
  function?: { name?: string; arguments?: string };
}

export const callsOf = (calls: unknown): CalledTool[] => (Array.isArray(calls) ? calls : []);

export function logprobsOf({ logprobs }: Pick<ChatChoice, 'logprobs'>): unknown[] {
  const { content } = (logprobs ?? {}) as { content?: unknown };
  return Array.isArray(content) ? content : [];
}
