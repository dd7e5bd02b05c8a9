import * as z from 'zod';
import { DocumentedBatchRequest } from '../batches/batch-request.ts';
import { WireBatch } from '../batches/batch-wire.ts';
import { taskStatuses } from '../tasks/task.ts';
import { DeliveryList } from '../webhooks/delivery-wire.ts';
import { idempotencyKey } from './idempotency-key.ts';
import type { Operation } from './operation.ts';
import { WireProblem } from './problem-wire.ts';
import { submissionErrors } from './submission-errors.ts';

const SubmittedBatch = z
  .object({
    batch_id: z.string().meta({ description: '`batch_<uuid>`' }),
    accepted: z.int().meta({ description: 'Tasks that were accepted' }),
    rejected: z.int().meta({ description: 'Tasks that were refused, each by itself' }),
    tasks: z
      .array(
        z.object({
          index: z.int().meta({ description: 'Place in the request, from 0' }),
          task_id: z.string().optional(),
          status: z.enum(taskStatuses).optional().meta({ description: '`queued`' }),
          error: WireProblem.optional().meta({
            description: 'Its pointers are into the body of the batch: `/tasks/1/config/timeout`',
          }),
        }),
      )
      .meta({
        description: 'In the order of the request: `task_id` and `status` of an accepted task, or `error`',
      }),
  })
  .meta({ id: 'SubmittedBatch' });

const tag = 'Batches';

export const batchOperations: Operation[] = [
  {
    method: 'post',
    path: '/api/v1/tasks/batch',
    id: 'submit-batch',
    scope: 'submit',
    tag,
    summary: 'Submit up to 1,000 tasks at once',
    description:
      'A bad task does not refuse the others; a batch of none but bad tasks is completed at once. Where ' +
      'the queues cannot take all of them, none is taken (429). A repeat with its `Idempotency-Key` while ' +
      'the first request is under way is answered by 409.',
    headers: [idempotencyKey],
    body: DocumentedBatchRequest,
    example: {
      tasks: [
        { type: 'translation', prompt: 'Into German', data: { text: 'Good morning' } },
        { type: 'text_summarization', data: { text: 'A long text.' }, priority: 'low' },
      ],
    },
    answers: {
      202: {
        description: 'Accepted, except the tasks that have an `error`',
        schema: SubmittedBatch,
        headers: { location: 'Path of the batch: `/api/v1/batches/<batch_id>`' },
      },
    },
    errors: [...submissionErrors, 'conflict'],
  },
  {
    method: 'get',
    path: '/api/v1/batches/{batch_id}',
    id: 'get-batch',
    scope: 'read',
    tag,
    summary: 'Read the progress of a batch',
    description: 'Counts follow the tasks within about a second. Its tasks: `GET /api/v1/tasks?batch_id=`.',
    answers: { 200: { description: 'Counts by status', schema: WireBatch } },
    errors: ['not_found'],
  },
  {
    method: 'get',
    path: '/api/v1/batches/{batch_id}/deliveries',
    id: 'list-batch-deliveries',
    scope: 'read',
    tag,
    summary: 'Read how the webhook of a batch went',
    description:
      'That of its `batch.completed`, once the batch is completed. A batch without a `callback_url` has none; ' +
      'its tasks have their own.',
    answers: { 200: { description: 'At most one', schema: DeliveryList } },
    errors: ['not_found'],
  },
];
