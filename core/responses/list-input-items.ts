import * as z from 'zod';
import type { ChatMessage } from '../attempts/chat.ts';
import { parseRequest } from '../parse-request.ts';
import type { Task } from '../tasks/task.ts';
import { itemId } from './response-id.ts';
import { IncludeQuery } from './response-query.ts';
import type { StoredResponse } from './stored-response.ts';

/** https://developers.openai.com/api/reference/resources/responses/subresources/input_items/methods/list */
export const InputItemsQuery = z.strictObject({
  after: z.string().max(200).optional().meta({ description: 'The id of the last item of the page before' }),
  limit: z
    .string()
    .regex(/^(?:[1-9]\d?|100)$/, 'is a number from 1 to 100')
    .optional()
    .meta({ description: '1 to 100, default 20' }),
  order: z.enum(['asc', 'desc']).optional().meta({ description: 'By place in the input; default `desc`' }),
  ...IncludeQuery,
});

/** A page of what a response was asked. Throws `invalid_request`. */
export function listInputItems({ task, input }: StoredResponse, query: Record<string, string | undefined>) {
  const { after, limit = '20', order = 'desc' } = parseRequest(InputItemsQuery, query);
  const { messages } = input.chat;
  const items = messages.slice(input.response.from).flatMap((message) => toItems(message));
  const all = items.map((item, at) => ({ ...item, id: nameItem(task, item, at) }));
  if (order === 'desc') all.reverse();
  const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
  const data = all.slice(from, from + Number(limit));
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: from + data.length < all.length,
  };
}

interface WireItem {
  type: string;
  [member: string]: unknown;
}

function nameItem(task: Task, { type }: WireItem, at: number): string {
  return itemId(type === 'message' ? 'msg' : 'fc', task, 0, at);
}

/** A message as it came: toMessages(), the other way. */
function toItems({ role, content, tool_calls, tool_call_id }: ChatMessage): WireItem[] {
  const status = 'completed';
  if (role === 'tool')
    return [{ type: 'function_call_output', call_id: tool_call_id, output: toParts(content, role), status }];
  const calls = ((tool_calls ?? []) as { id: string; function: object }[]).map(
    ({ id, function: called }) => ({
      type: 'function_call',
      call_id: id,
      ...called,
      status,
    }),
  );
  if (content === null || content === undefined) return calls;
  return [{ type: 'message', role, content: toParts(content, role), status }, ...calls];
}

function toParts(content: unknown, role: string): unknown {
  if (typeof content === 'string') {
    if (role === 'tool') return content;
    return role === 'assistant'
      ? [{ type: 'output_text', text: content, annotations: [] }]
      : [{ type: 'input_text', text: content }];
  }
  return (content as { type: string; text?: string; image_url?: { url: string }; file?: object }[]).map(
    ({ type, text, image_url, file }) => {
      if (type === 'image_url') {
        const { url, ...rest } = image_url ?? { url: '' };
        return { type: 'input_image', image_url: url, detail: 'auto', ...rest };
      }
      return type === 'file' ? { type: 'input_file', ...file } : { type: 'input_text', text };
    },
  );
}
