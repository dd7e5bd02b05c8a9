import type { ResponseBody } from './response-body.ts';

/** What a response asks for as parameters of a chat, but for those that the task's config has. */
export function toParameters(body: ResponseBody): Record<string, unknown> {
  const logprobs = body.include?.includes('message.output_text.logprobs') || Boolean(body.top_logprobs);
  const parameters = {
    tools: body.tools?.length
      ? body.tools.map(({ type, ...named }) => ({ type, function: present(named) }))
      : null,
    tool_choice: toChoice(body.tool_choice),
    parallel_tool_calls: body.parallel_tool_calls,
    response_format: toFormat(body.text?.format),
    verbosity: body.text?.verbosity,
    reasoning_effort: body.reasoning?.effort,
    top_p: body.top_p,
    logprobs: logprobs || null,
    top_logprobs: body.top_logprobs || null,
    user: body.user,
    safety_identifier: body.safety_identifier,
    prompt_cache_key: body.prompt_cache_key,
    prompt_cache_retention: body.prompt_cache_retention,
  };
  return present(parameters);
}

function toChoice(choice: ResponseBody['tool_choice']): unknown {
  return typeof choice === 'object' && choice
    ? { type: choice.type, function: { name: choice.name } }
    : choice;
}

function toFormat(format: NonNullable<ResponseBody['text']>['format']): unknown {
  if (!format || format.type === 'text') return null;
  const { type, ...named } = format;
  return type === 'json_object' ? { type } : { type, json_schema: present(named) };
}

function present(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== null && value !== undefined),
  );
}
