import * as z from 'zod';
import type { Question } from '../answers/answer-task.ts';
import type { ChatMessage } from '../attempts/chat.ts';
import type { OpenaiRequest } from '../openai/chat-question.ts';
import { ownNames, readSettings } from '../openai/own-options.ts';
import { invalidRequest, parseRequest } from '../parse-request.ts';
import { response } from '../task-types/openai-types.ts';
import { createTask } from '../tasks/create-task.ts';
import { hashRequest } from '../tasks/idempotency.ts';
import type { SubmissionRules } from '../tasks/prepare-task.ts';
import { readHistory } from './read-history.ts';
import { parseResponseBody, type ResponseBody } from './response-body.ts';
import type { ResponseInput, StoredResponsePorts } from './stored-response.ts';
import { toMessages } from './to-messages.ts';
import { toParameters } from './to-parameters.ts';

export interface AskedResponse {
  question: Question;
  body: ResponseBody;
  /** As it is stored, but for what was said before: what an answer repeats of it. */
  input: ResponseInput;
}

/**
 * The response that a client asks for. In the background it waits in the queue like any task, and may take as long as its
 * result would be kept. Throws `invalid_request`.
 */
export function responseQuestion(
  request: OpenaiRequest,
  rules: SubmissionRules,
  ports: StoredResponsePorts,
): AskedResponse {
  const { body: whole, headers, run, ...members } = request;
  const given = parseRequest(z.looseObject({}), whole);
  const body = parseResponseBody(
    Object.fromEntries(Object.entries(given).filter(([name]) => !ownNames.has(name))),
  );
  const background = body.background === true;
  const settings = () => {
    const life = background ? { mostMs: rules.unhurriedLifeMs, usualMs: rules.unhurriedLifeMs } : undefined;
    const read = readSettings({ ...given, ...body }, headers, rules, run ?? { life, waits: !background });
    if (read.callbackEvents)
      throw invalidRequest([
        { pointer: '/callback_events', detail: 'is not served here: the end alone is told' },
      ]);
    return read;
  };
  const input = toInput(body, []);
  const question: Question = {
    ...members,
    requestHash: hashRequest({ response: whole }),
    reads: body.stream === true,
    ...(background && { isQueued: true }),
    async prepare(identity, states) {
      const { config, ...others } = settings();
      const previous = body.previous_response_id;
      const history = previous ? await readHistory(request.tenant, previous, request.now, ports) : [];
      return createTask(
        {
          ...others,
          callbackEvents: null,
          type: response,
          input: history.length > 0 ? toInput(body, history) : input,
          metadata: body.metadata ?? {},
          config: {
            ...config,
            // What is not to be stored is not kept for others either.
            ...(body.store === false && { cacheEnabled: config.cacheEnabled ?? false }),
            temperature: body.temperature ?? undefined,
            maxTokens: body.max_output_tokens ?? undefined,
            ...(body.stream && { stream: background ? 'kept' : 'once' }),
          },
        },
        identity,
        rules,
        states,
      );
    },
  };
  return { question, body, input };
}

/** Members that an answer repeats, beside those that the chat has. */
const repeated = [
  'background',
  'max_tool_calls',
  'previous_response_id',
  'prompt_cache_key',
  'reasoning',
  'safety_identifier',
  'service_tier',
  'store',
  'user',
] as const satisfies (keyof ResponseBody)[];

function toInput(body: ResponseBody, history: readonly ChatMessage[]): ResponseInput {
  const { instructions } = body;
  const before: ChatMessage[] = [
    ...(instructions ? [{ role: 'system', content: instructions }] : []),
    ...history,
  ];
  const request = Object.fromEntries(
    repeated.flatMap((name) => (body[name] === undefined || body[name] === null ? [] : [[name, body[name]]])),
  );
  return {
    prompt: null,
    chat: { messages: [...before, ...toMessages(body.input)], parameters: toParameters(body) },
    response: { from: before.length, instructed: Boolean(instructions), request },
  };
}
