import * as z from 'zod';
import { durationPattern } from '../duration.ts';
import { ExpiresAfter, toSeconds, WireSeconds } from '../files/file-wire.ts';
import { priorities } from '../tasks/task.ts';
import {
  batchEndpoints,
  type OpenaiBatch,
  type OpenaiBatchStatus,
  openaiBatchStatuses,
  statusOf,
} from './openai-batch.ts';

// https://developers.openai.com/api/reference/resources/batches

const Metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine((pairs) => Object.keys(pairs).length <= 16, 'has more than 16 pairs');

export const OpenaiBatchRequest = z
  .strictObject({
    input_file_id: z.string().regex(/^[\w-]{1,100}$/),
    endpoint: z.enum(batchEndpoints).meta({ description: 'Of each line' }),
    completion_window: z.string().regex(durationPattern, 'is not a duration such as 24h').meta({
      description: '`24h`, or another duration: a line that is not answered by then is not answered',
    }),
    metadata: Metadata.nullish(),
    output_expires_after: ExpiresAfter.optional(),
    priority: z.enum(priorities).default('low').meta({
      description: 'Of this service: that of lines which have none of their own',
    }),
  })
  .meta({ id: 'OpenAIBatchRequest' });

const WireTime = WireSeconds.nullable();

export const WireOpenaiBatch = z
  .object({
    id: z.string().meta({ description: '`batch_…`' }),
    object: z.literal('batch'),
    endpoint: z.enum(batchEndpoints),
    errors: z
      .object({
        object: z.literal('list'),
        data: z.array(
          z.object({
            code: z.string(),
            message: z.string(),
            line: z.int().nullable(),
            param: z.string().nullable(),
          }),
        ),
      })
      .nullable()
      .meta({ description: 'Why the batch is `failed`; the first hundred' }),
    input_file_id: z.string(),
    completion_window: z.string(),
    status: z.enum(openaiBatchStatuses),
    output_file_id: z.string().nullable(),
    error_file_id: z.string().nullable(),
    created_at: WireSeconds,
    in_progress_at: WireTime,
    expires_at: WireSeconds,
    finalizing_at: WireTime,
    completed_at: WireTime,
    failed_at: WireTime,
    expired_at: WireTime,
    cancelling_at: WireTime,
    cancelled_at: WireTime,
    request_counts: z.object({ total: z.int(), completed: z.int(), failed: z.int() }),
    usage: z.object({
      input_tokens: z.int(),
      input_tokens_details: z.object({ cached_tokens: z.int() }),
      output_tokens: z.int(),
      output_tokens_details: z.object({ reasoning_tokens: z.int() }),
      total_tokens: z.int(),
    }),
    metadata: z.record(z.string(), z.string()).nullable(),
  })
  .meta({ id: 'OpenAIBatch' });

export function toWireOpenaiBatch(batch: OpenaiBatch): z.infer<typeof WireOpenaiBatch> {
  const at = (status: Exclude<OpenaiBatchStatus, 'validating'>) => {
    const time = batch.times[status];
    return time === undefined ? null : toSeconds(time);
  };
  const { promptTokens, completionTokens, cachedPromptTokens, reasoningTokens } = batch.usage;
  return {
    id: batch.batchId,
    object: 'batch',
    endpoint: batch.endpoint,
    errors: batch.faults.length > 0 ? { object: 'list', data: batch.faults } : null,
    input_file_id: batch.inputFileId,
    completion_window: batch.completionWindow,
    status: statusOf(batch),
    output_file_id: batch.outputFileId,
    error_file_id: batch.errorFileId,
    created_at: toSeconds(batch.createdAt),
    in_progress_at: at('in_progress'),
    expires_at: toSeconds(batch.deadlineAt),
    finalizing_at: at('finalizing'),
    completed_at: at('completed'),
    failed_at: at('failed'),
    expired_at: at('expired'),
    cancelling_at: at('cancelling'),
    cancelled_at: at('cancelled'),
    request_counts: { total: batch.total, completed: batch.completed, failed: batch.failed },
    usage: {
      input_tokens: promptTokens,
      input_tokens_details: { cached_tokens: cachedPromptTokens },
      output_tokens: completionTokens,
      output_tokens_details: { reasoning_tokens: reasoningTokens },
      total_tokens: promptTokens + completionTokens,
    },
    metadata: batch.metadata,
  };
}
