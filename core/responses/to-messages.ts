import type { ChatMessage } from '../attempts/chat.ts';
import type { ContentPart, InputItem } from './input-items.ts';

/** A response's input as the messages of a chat. */
export function toMessages(input: string | readonly InputItem[]): ChatMessage[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  const messages: ChatMessage[] = [];
  for (const item of input) add(messages, item);
  return messages;
}

function add(messages: ChatMessage[], item: InputItem): void {
  switch (item.type) {
    case 'reasoning':
      return;
    case 'function_call': {
      const { call_id, name, arguments: text } = item;
      const call = { id: call_id, type: 'function', function: { name, arguments: text } };
      const last = messages.at(-1);
      // Calls of one answer, and the text before them, are one message.
      if (last?.role === 'assistant') last.tool_calls = [...((last.tool_calls as object[]) ?? []), call];
      else messages.push({ role: 'assistant', content: null, tool_calls: [call] });
      return;
    }
    case 'function_call_output':
      messages.push({ role: 'tool', tool_call_id: item.call_id, content: toContent('tool', item.output) });
      return;
    default: {
      // What OpenAI calls the developer's words other providers know as the system's.
      const role = item.role === 'developer' ? 'system' : item.role;
      messages.push({ role, content: toContent(role, item.content) });
    }
  }
}

/** Texts alone become one: many a server takes no parts but a user's. */
function toContent(role: string, content: string | readonly ContentPart[]): unknown {
  if (typeof content === 'string') return content;
  const texts = content.flatMap((part) => textOf(part) ?? []);
  const isText = texts.length === content.length;
  if (isText && (role !== 'user' || texts.length === 1)) return texts.join(role === 'assistant' ? '' : '\n');
  return content.map(toPart);
}

function textOf(part: ContentPart): string | undefined {
  if (part.type === 'refusal') return part.refusal;
  return part.type === 'input_text' || part.type === 'output_text' ? part.text : undefined;
}

function toPart(part: ContentPart): object {
  switch (part.type) {
    case 'input_image': {
      const { image_url: url, detail } = part;
      return { type: 'image_url', image_url: { url, ...(detail && { detail }) } };
    }
    case 'input_file': {
      const { file_data, filename } = part;
      return { type: 'file', file: { file_data, ...(filename && { filename }) } };
    }
    default:
      return { type: 'text', text: textOf(part) };
  }
}
