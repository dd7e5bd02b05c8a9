import { listOf } from '../files/file-wire.ts';
import { PageQuery } from '../files/list-files.ts';
import { mostInputBytes, mostLines } from '../openai-batches/openai-batch.ts';
import { OpenaiBatchRequest, WireOpenaiBatch } from '../openai-batches/openai-batch-wire.ts';
import { idempotencyKey } from './idempotency-key.ts';
import type { Operation } from './operation.ts';

const tag = 'OpenAI';
const reference = 'https://developers.openai.com/api/reference/resources/batches';

const unknownBatch = { 404: 'There is no such batch' };
const badRequest = { 400: 'The request is at fault; `param` names the field' };

/** OpenAI's batches, for any provider. */
export const openaiBatchOperations: Operation[] = [
  {
    method: 'post',
    path: '/v1/batches',
    id: 'create-batch',
    tag,
    scope: 'submit',
    summary: 'Hand in a file of requests',
    description:
      `[OpenAI’s reference](${reference}) describes it. The file has ${mostLines.toLocaleString('en-US')} lines and ` +
      `${mostInputBytes / 1_000_000} MB at most. Each line is a task ` +
      'with priority `low`, or as `priority` says; it may have the options of this service beside OpenAI’s.',
    headers: [idempotencyKey],
    body: OpenaiBatchRequest,
    example: {
      input_file_id: 'file-019aa0c2f1d24c9db2e1f6a7c8d9e0f1',
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    },
    answers: { 200: { description: 'The batch, `validating`', schema: WireOpenaiBatch } },
    errors: [],
    openaiErrors: { ...badRequest, 413: '`payload_too_large`', 422: '`idempotency_key_reused`' },
  },
  {
    method: 'get',
    path: '/v1/batches',
    id: 'list-batches',
    tag,
    scope: 'read',
    summary: 'List batches, newest first',
    query: PageQuery,
    answers: {
      200: { description: 'A page of batches', schema: listOf(WireOpenaiBatch, 'OpenAIBatchList') },
    },
    errors: [],
    openaiErrors: badRequest,
  },
  {
    method: 'get',
    path: '/v1/batches/{batch_id}',
    id: 'get-openai-batch',
    tag,
    scope: 'read',
    summary: 'Read how far a batch is',
    answers: { 200: { description: 'The batch', schema: WireOpenaiBatch } },
    errors: [],
    openaiErrors: unknownBatch,
  },
  {
    method: 'post',
    path: '/v1/batches/{batch_id}/cancel',
    id: 'cancel-batch',
    tag,
    scope: 'submit',
    summary: 'End a batch before all of it is answered',
    description:
      'What was answered by then is in its files. A batch that is cancelled already is answered as it is.',
    answers: { 200: { description: 'The batch, `cancelling`', schema: WireOpenaiBatch } },
    errors: [],
    openaiErrors: { ...unknownBatch, 409: '`conflict`: the batch has ended' },
  },
];
