import type { ChatMessage } from '../attempts/chat.ts';
import { OpenaiError } from '../openai/openai-error.ts';
import { outputItems } from './response-output.ts';
import { findResponse, type StoredResponse, type StoredResponsePorts } from './stored-response.ts';

/** What was said up to the end of a response, without its instructions: they hold for it alone. Throws an error of status 400. */
export async function readHistory(
  tenant: string,
  responseId: string,
  now: number,
  ports: StoredResponsePorts,
): Promise<ChatMessage[]> {
  const previous = await findResponse(tenant, responseId, now, ports);
  const name = `Previous response with id '${responseId}'`;
  if (!previous) throw refused(`${name} not found.`, 'previous_response_not_found');
  const { task, input } = previous;
  if (!task.result)
    throw refused(`${name} has no output: it is ${task.status}.`, 'previous_response_without_output');
  const { messages } = input.chat;
  return [...messages.slice(input.response.instructed ? 1 : 0), ...toMessage(previous)];
}

/** Its output as the message that it was, with the ids of calls that the client was told. */
function toMessage({ task }: StoredResponse): ChatMessage[] {
  const items = task.result ? outputItems(task, task.result) : [];
  const said = items.find(({ kind }) => kind === 'text' || kind === 'refusal');
  const calls = items
    .filter(({ kind }) => kind === 'call')
    .map(({ callId, name, text }) => ({ id: callId, type: 'function', function: { name, arguments: text } }));
  if (!said && calls.length === 0) return [];
  return [{ role: 'assistant', content: said?.text ?? null, ...(calls.length > 0 && { tool_calls: calls }) }];
}

function refused(message: string, code: string): OpenaiError {
  const param = 'previous_response_id';
  return new OpenaiError(400, { message, type: 'invalid_request_error', param, code }, false);
}
