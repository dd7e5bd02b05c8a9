import { tierOf } from '../openai/own-options.ts';
import type { Task, TaskError, TaskResult } from '../tasks/task.ts';
import { responseIdOf } from './response-id.ts';
import { outputItems, toWireItem } from './response-output.ts';
import { incompleteReason, statusOf } from './response-status.ts';
import type { ResponseInput } from './stored-response.ts';

// https://developers.openai.com/api/reference/resources/responses

type Json = Record<string, unknown>;

/** A response as it is by its task, with what its request asked for. */
export function toWireResponse(task: Task, input: ResponseInput) {
  const { result } = task;
  const status = statusOf(task);
  const reason = result && incompleteReason(result);
  return {
    id: responseIdOf(task),
    object: 'response',
    created_at: seconds(task.createdAt),
    completed_at: status === 'completed' && task.completedAt !== null ? seconds(task.completedAt) : null,
    status,
    error: status === 'failed' && task.error ? toWireError(task.error) : null,
    incomplete_details: reason ? { reason } : null,
    model: result?.model ?? task.model,
    output: result ? toWireOutput(task, result) : [],
    usage: result && toWireUsage(result),
    ...echo(task, input),
  };
}

function echo({ config, metadata, priority }: Task, { chat, response }: ResponseInput) {
  const { request } = response;
  const { tools, tool_choice, response_format, parallel_tool_calls, verbosity } = chat.parameters;
  const [first] = chat.messages;
  return {
    background: request.background === true,
    frequency_penalty: 0,
    instructions: response.instructed ? first?.content : null,
    max_output_tokens: config.maxTokens ?? null,
    max_tool_calls: request.max_tool_calls ?? null,
    metadata,
    parallel_tool_calls: parallel_tool_calls ?? true,
    presence_penalty: 0,
    previous_response_id: request.previous_response_id ?? null,
    prompt_cache_key: request.prompt_cache_key ?? null,
    reasoning: { effort: null, summary: null, ...(request.reasoning as object | undefined) },
    safety_identifier: request.safety_identifier ?? null,
    // The one that was used, not the one that was asked for.
    service_tier: tierOf(priority, request.service_tier as string | undefined),
    store: request.store !== false,
    temperature: config.temperature ?? 1,
    text: { format: flatFormat(response_format as Json | undefined), ...(verbosity ? { verbosity } : {}) },
    tool_choice: flatChoice(tool_choice),
    tools: ((tools ?? []) as Json[]).map(flatTool),
    top_logprobs: chat.parameters.top_logprobs ?? 0,
    top_p: chat.parameters.top_p ?? 1,
    truncation: 'disabled',
    user: request.user ?? null,
  };
}

const flatTool = ({ function: named }: Json) => ({
  type: 'function',
  description: null,
  parameters: null,
  strict: null,
  ...(named as object),
});

function flatChoice(choice: unknown): unknown {
  if (typeof choice !== 'object' || choice === null) return choice ?? 'auto';
  return { type: 'function', ...((choice as Json).function as object) };
}

function flatFormat(format: Json | undefined): unknown {
  return format ? { type: format.type, ...(format.json_schema as object | undefined) } : { type: 'text' };
}

function toWireOutput(task: Task, result: TaskResult): object[] {
  const items = outputItems(task, result);
  const cut = incompleteReason(result) === undefined ? undefined : items.length - 1;
  return items.map((item, at) => toWireItem(item, at === cut ? 'incomplete' : 'completed'));
}

function toWireUsage({ usage }: TaskResult) {
  const { promptTokens, completionTokens, cachedPromptTokens = 0, reasoningTokens = 0 } = usage;
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: cachedPromptTokens, cache_write_tokens: 0 },
    output_tokens: completionTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: promptTokens + completionTokens,
  };
}

/** OpenAI's codes are a closed list; the service's own is in the message. */
function toWireError({ code, message, retryable }: TaskError) {
  const isRefused = code === 'content_filtered' || (code === 'provider_error' && !retryable);
  if (isRefused) return { code: 'invalid_prompt', message };
  return {
    code: code === 'provider_quota' ? 'rate_limit_exceeded' : 'server_error',
    message: `${code}: ${message}`,
  };
}

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);
