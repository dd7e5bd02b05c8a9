import * as z from 'zod';
import { ChatBody } from '../openai/chat-question.ts';
import { EmbeddingBody } from '../openai/embedding-question.ts';
import { OwnOptions } from '../openai/own-options.ts';
import { idempotencyKey } from './idempotency-key.ts';
import { openaiHeaders as headers, openaiOptions as options } from './openai-texts.ts';
import type { Operation } from './operation.ts';
import { responsesOperations } from './responses-operations.ts';

/** https://developers.openai.com/api/docs/guides/error-codes */
export const WireOpenaiError = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  })
  .meta({ id: 'OpenAIError', description: 'An error in OpenAI’s form' });

const WireModel = z
  .object({
    id: z.string().meta({ description: '`auto`, or `<provider>/<model>`' }),
    object: z.literal('model'),
    created: z.int(),
    owned_by: z.string(),
  })
  .meta({ id: 'Model' });
const ModelList = z.object({ object: z.literal('list'), data: z.array(WireModel) }).meta({ id: 'ModelList' });

const ChatCompletionRequest = z
  .looseObject({ ...ChatBody.shape, ...OwnOptions.shape })
  .meta({ id: 'ChatCompletionRequest', description: 'OpenAI’s, and the options of this service' });
const EmbeddingRequest = z
  .looseObject({ ...EmbeddingBody.shape, ...OwnOptions.shape })
  .meta({ id: 'EmbeddingRequest', description: 'OpenAI’s, and the options of this service' });
const OpenaiAnswer = z.record(z.string(), z.unknown());

const tag = 'OpenAI';
const reference = 'https://developers.openai.com/api/reference/resources';
const openaiErrors = {
  400: 'The request is at fault, `context_length_exceeded` and `content_filter` among others',
  403: '`forbidden`: the tenant’s limits do not allow this priority or model',
  404: '`model_not_found`',
  409: '`cancelled`: somebody ended the task',
  413: '`payload_too_large`',
  422: '`idempotency_key_reused`',
  429: '`rate_limit_exceeded`: too many tasks wait; `insufficient_quota`: the tenant’s budget, or the provider’s account, has none left',
  502: '`provider_error`, `provider_auth` or `invalid_output`',
  503: '`no_provider_available` or `retries_exhausted`',
  504: '`timeout`',
};

/** OpenAI's own API, as far as it is served. Bodies are OpenAI's: its reference describes them. */
export const openaiOperations: Operation[] = [
  {
    method: 'post',
    path: '/v1/chat/completions',
    id: 'create-chat-completion',
    scope: 'submit',
    tag,
    summary: 'Create a chat completion, whole or streamed',
    description: `[OpenAI’s reference](${reference}/chat) has the bodies. ${options}`,
    headers: [idempotencyKey],
    body: ChatCompletionRequest,
    example: { model: 'auto', messages: [{ role: 'user', content: 'Name three rivers.' }] },
    answers: {
      200: {
        description: 'OpenAI’s `chat.completion`; with `stream: true` its chunks, and `[DONE]`',
        schema: OpenaiAnswer,
        orEvents: true,
        headers,
      },
    },
    errors: [],
    openaiErrors,
  },
  ...responsesOperations(openaiErrors),
  {
    method: 'post',
    path: '/v1/embeddings',
    id: 'create-embeddings',
    scope: 'submit',
    tag,
    summary: 'Create vectors of texts',
    description: `[OpenAI’s reference](${reference}/embeddings) has the bodies. ${options}`,
    headers: [idempotencyKey],
    body: EmbeddingRequest,
    example: { model: 'auto', input: 'Good morning' },
    answers: { 200: { description: 'OpenAI’s list of `embedding`', schema: OpenaiAnswer, headers } },
    errors: [],
    openaiErrors,
  },
  {
    method: 'get',
    path: '/v1/models',
    id: 'list-models',
    scope: 'read',
    tag,
    summary: 'List what `model` may name',
    answers: { 200: { description: '`auto` first', schema: ModelList } },
    errors: [],
    openaiErrors: {},
  },
  {
    method: 'get',
    path: '/v1/models/{model}',
    id: 'get-model',
    scope: 'read',
    tag,
    summary: 'Read one of them',
    answers: { 200: { description: 'The model', schema: WireModel } },
    errors: [],
    openaiErrors: { 404: '`model_not_found`' },
  },
];
