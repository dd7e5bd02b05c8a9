import * as z from 'zod';
import type { Question } from '../answers/answer-task.ts';
import { asDouble } from '../json/exact-number.ts';
import { parseRequest } from '../parse-request.ts';
import { chatCompletion } from '../task-types/openai-types.ts';
import { createTask } from '../tasks/create-task.ts';
import { hashRequest } from '../tasks/idempotency.ts';
import type { SubmissionRules } from '../tasks/prepare-task.ts';
import { ownNames, type RunOptions, readSettings } from './own-options.ts';

const count = (most = Number.MAX_SAFE_INTEGER) => asDouble(z.int().min(1).max(most));

/**
 * `POST /v1/chat/completions`: what the service itself reads. Everything else passes to the provider as it came.
 * https://developers.openai.com/api/reference/resources/chat/subresources/completions/methods/create
 */
export const ChatBody = z.looseObject({
  model: z.string().min(1).max(200),
  messages: z.array(z.looseObject({ role: z.string().min(1) })).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  temperature: asDouble(z.number().min(0).max(2)).nullish(),
  max_tokens: count().nullish(),
  max_completion_tokens: count().nullish(),
  n: count(128).nullish(),
  service_tier: z.string().max(40).nullish(),
  metadata: z.record(z.string().max(64), z.string().max(512)).nullish(),
  response_format: z.looseObject({ type: z.string() }).nullish(),
});
export type ChatBody = z.infer<typeof ChatBody>;

/** Members that say how the service runs the task, or that it writes in its own way for each provider. */
const readHere: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'temperature',
  'max_tokens',
  'max_completion_tokens',
  'service_tier',
  'metadata',
]);

/** A request of an OpenAI client, as far as all its endpoints have it. */
export interface OpenaiRequest
  extends Pick<Question, 'tenant' | 'uuid' | 'idempotencyKey' | 'now' | 'repeats'> {
  body: unknown;
  /** By name in lower case. */
  headers: Record<string, string | undefined>;
  /** Of a request for which nobody waits: how it is run. */
  run?: RunOptions | undefined;
}

/** The chat that a caller asks for, and waits for. Throws `invalid_request`. */
export function chatQuestion(
  request: OpenaiRequest,
  rules: SubmissionRules,
): { question: Question; chat: ChatBody } {
  const { body, headers, run, ...members } = request;
  const chat = parseRequest(ChatBody, body);
  const question: Question = {
    ...members,
    requestHash: hashRequest({ chat: body }),
    reads: chat.stream === true,
    async prepare(identity, states) {
      const { config, ...others } = readSettings(chat, headers, rules, run);
      return createTask(
        {
          ...others,
          callbackEvents: others.callbackEvents ?? null,
          type: chatCompletion,
          input: { prompt: null, chat: { messages: chat.messages, parameters: passedOn(chat) } },
          metadata: chat.metadata ?? {},
          config: {
            ...config,
            temperature: chat.temperature ?? undefined,
            maxTokens: chat.max_completion_tokens ?? chat.max_tokens ?? undefined,
            ...(chat.stream && { stream: 'once' }),
          },
        },
        identity,
        rules,
        states,
      );
    },
  };
  return { question, chat };
}

function passedOn(body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(body).filter(
      ([name, value]) => !readHere.has(name) && !ownNames.has(name) && value !== null && value !== undefined,
    ),
  );
}
