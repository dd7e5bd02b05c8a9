import * as z from 'zod';
import { DocumentedBatchRequest } from '../batches/batch-request.ts';
import { WireBatch } from '../batches/batch-wire.ts';
import { taskStatuses } from '../tasks/task.ts';
import { idempotencyKey } from './idempotency-key.ts';
import type { Operation } from './operation.ts';
import { WireProblem } from './problem-wire.ts';

const SubmittedBatch = z
  .object({
    batch_id: z.string(),
    accepted: z.int(),
    rejected: z.int(),
    tasks: z
      .array(
        z.object({
          index: z.int(),
          task_id: z.string().optional(),
          status: z.enum(taskStatuses).optional(),
          error: WireProblem.optional(),
        }),
      )
      .meta({ description: 'In the order of the request: a task or why there is none' }),
  })
  .meta({ id: 'SubmittedBatch' });

const tag = 'Batches';

export const batchOperations: Operation[] = [
  {
    method: 'post',
    path: '/api/v1/tasks/batch',
    id: 'submit-batch',
    tag,
    summary: 'Submit up to 1,000 tasks at once',
    description:
      'A bad task does not refuse the others. Where the queue cannot take them all, none is taken. Repeated with the same Idempotency-Key it makes no task twice.',
    headers: [idempotencyKey],
    body: DocumentedBatchRequest,
    answers: {
      202: {
        description: 'Accepted, but for the tasks that carry an error',
        schema: SubmittedBatch,
        headers: { location: 'Path of the batch' },
      },
    },
    errors: [
      'invalid_request',
      'payload_too_large',
      'idempotency_key_reused',
      'queue_full',
      'no_provider_available',
    ],
  },
  {
    method: 'get',
    path: '/api/v1/batches/{batch_id}',
    id: 'get-batch',
    tag,
    summary: 'Read the progress of a batch',
    answers: { 200: { description: 'Counts by status', schema: WireBatch } },
    errors: ['not_found'],
  },
];
