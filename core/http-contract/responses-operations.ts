import * as z from 'zod';
import { OwnOptions } from '../openai/own-options.ts';
import { InputItemsQuery } from '../responses/list-input-items.ts';
import { ResponseBody } from '../responses/response-body.ts';
import { ResponseQuery } from '../responses/response-query.ts';
import { responseStatuses } from '../responses/response-status.ts';
import { idempotencyKey } from './idempotency-key.ts';
import { openaiHeaders as headers, openaiOptions as options } from './openai-texts.ts';
import type { Operation } from './operation.ts';

const tag = 'OpenAI';
const reference = 'https://developers.openai.com/api/reference/resources/responses';

const ResponseRequest = z
  .strictObject({ ...ResponseBody.shape, ...OwnOptions.omit({ callback_events: true }).shape })
  .meta({
    id: 'ResponseRequest',
    description:
      'What is served of OpenAI’s, and the options of this service. Anything else is refused by name',
  });

const WireResponse = z
  .looseObject({
    id: z.string().meta({ description: '`resp_<uuid>`; its task is `task_<uuid>`' }),
    object: z.literal('response'),
    created_at: z.int(),
    completed_at: z.int().nullable(),
    status: z.enum(responseStatuses),
    background: z.boolean(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    incomplete_details: z.object({ reason: z.string() }).nullable(),
    model: z.string(),
    output: z.array(z.record(z.string(), z.unknown())),
    previous_response_id: z.string().nullable(),
    service_tier: z.string(),
    store: z.boolean(),
    usage: z.looseObject({ input_tokens: z.int(), output_tokens: z.int(), total_tokens: z.int() }).nullable(),
  })
  .meta({ id: 'Response', description: 'OpenAI’s `response`' });

const WireDeletedResponse = z
  .object({ id: z.string(), object: z.literal('response'), deleted: z.literal(true) })
  .meta({ id: 'DeletedResponse' });

const InputItemList = z
  .object({
    object: z.literal('list'),
    data: z.array(z.looseObject({ id: z.string(), type: z.string() })),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
    has_more: z.boolean(),
  })
  .meta({ id: 'InputItemList' });

const notFound = { 404: 'There is no such response, it was not to be stored, or it was deleted' };

/** @param createErrors what a request is refused for whose answer is made by a model */
export const responsesOperations = (createErrors: Record<number, string>): Operation[] => [
  {
    method: 'post',
    path: '/v1/responses',
    id: 'create-response',
    scope: 'submit',
    tag,
    summary: 'Create a response, whole, streamed or in the background',
    description:
      `[OpenAI’s reference](${reference}) has the bodies, docs/openai.md of the repository what is not served. ` +
      'With `background: true` the answer comes at once, of status `queued`: the response waits in the queue of ' +
      'its provider by its `service_tier` (without one it is `normal`), ends whatever dies meanwhile, and is ' +
      'read, streamed, cancelled and told to `callback_url` as OpenAI’s are. ' +
      `${options} \`callback_events\` is refused here: the end alone is told.`,
    headers: [idempotencyKey],
    body: ResponseRequest,
    example: { model: 'auto', input: 'Name three rivers.' },
    answers: {
      200: {
        description: 'The response; with `stream: true` its events, numbered from 0',
        schema: WireResponse,
        orEvents: true,
        headers,
      },
    },
    errors: [],
    openaiErrors: createErrors,
  },
  {
    method: 'get',
    path: '/v1/responses/{response_id}',
    id: 'get-response',
    scope: 'read',
    tag,
    summary: 'Read a response, or stream a background one',
    description:
      'A stream has every event since `response.created`, or those after `starting_after`, with the numbers that ' +
      'they had at first.',
    query: ResponseQuery,
    answers: { 200: { description: 'The response', schema: WireResponse, orEvents: true, headers } },
    errors: [],
    openaiErrors: { 400: 'A parameter is at fault', ...notFound },
  },
  {
    method: 'delete',
    path: '/v1/responses/{response_id}',
    id: 'delete-response',
    scope: 'submit',
    tag,
    summary: 'Delete a response, cancelled where it has not ended',
    answers: { 200: { description: 'Its input and its output are gone', schema: WireDeletedResponse } },
    errors: [],
    openaiErrors: notFound,
  },
  {
    method: 'post',
    path: '/v1/responses/{response_id}/cancel',
    id: 'cancel-response',
    scope: 'submit',
    tag,
    summary: 'Cancel a background response',
    answers: {
      200: { description: 'The response; one that had ended is as it was', schema: WireResponse, headers },
    },
    errors: [],
    openaiErrors: { 400: 'It is no background response', ...notFound },
  },
  {
    method: 'get',
    path: '/v1/responses/{response_id}/input_items',
    id: 'list-input-items',
    scope: 'read',
    tag,
    summary: 'List what a response was asked',
    query: InputItemsQuery,
    answers: { 200: { description: 'A page of its own input', schema: InputItemList } },
    errors: [],
    openaiErrors: { 400: 'A parameter is at fault', ...notFound },
  },
];
