import * as z from 'zod';
import { maxIdempotencyKeyLength } from '../tasks/idempotency.ts';
import { taskStatuses } from '../tasks/task.ts';
import {
  DocumentedBatchRequest,
  ListTasksQuery,
  ReprioritizeRequest,
  TaskRequest,
} from '../tasks/task-request.ts';
import { WireBatch, WireDelivery, WireProblem, WireTask } from '../tasks/task-wire.ts';
import type { Operation } from './operation.ts';

const SubmittedTask = z
  .object({ task_id: z.string(), status: z.enum(taskStatuses) })
  .meta({ id: 'SubmittedTask' });

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

const TaskPage = z
  .object({ tasks: z.array(WireTask), next_cursor: z.string().nullable() })
  .meta({ id: 'TaskPage' });

const DeliveryList = z.object({ deliveries: z.array(WireDelivery) }).meta({ id: 'DeliveryList' });

const idempotencyKey = {
  name: 'Idempotency-Key',
  description: 'The same key with the same body answers the first answer again for 24 hours',
  maxLength: maxIdempotencyKeyLength,
};

const tag = 'Tasks';

export const taskOperations: Operation[] = [
  {
    method: 'post',
    path: '/api/v1/tasks',
    id: 'submit-task',
    tag,
    summary: 'Submit a task',
    description: 'An accepted task ends: completed, failed or cancelled, whatever dies in between.',
    headers: [idempotencyKey],
    body: TaskRequest,
    answers: {
      202: {
        description: 'Accepted; `completed` at once where the cache had its result',
        schema: SubmittedTask,
        headers: { location: 'Path of the task' },
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
    path: '/api/v1/tasks',
    id: 'list-tasks',
    tag,
    summary: 'List tasks, newest first',
    description:
      'A page of a filtered listing may be shorter than `limit`, even empty, and still have a `next_cursor`.',
    query: ListTasksQuery,
    answers: { 200: { description: 'A page', schema: TaskPage } },
    errors: ['invalid_request'],
  },
  {
    method: 'get',
    path: '/api/v1/tasks/{task_id}',
    id: 'get-task',
    tag,
    summary: 'Read a task',
    answers: { 200: { description: 'The task', schema: WireTask } },
    errors: ['not_found'],
  },
  {
    method: 'delete',
    path: '/api/v1/tasks/{task_id}',
    id: 'cancel-task',
    tag,
    summary: 'Cancel a task',
    description:
      'A queued task never reaches a provider; of a processing one the call is aborted as soon as its worker sees it.',
    answers: { 200: { description: 'The cancelled task', schema: WireTask } },
    errors: ['not_found', 'conflict'],
  },
  {
    method: 'patch',
    path: '/api/v1/tasks/{task_id}',
    id: 'reprioritize-task',
    tag,
    summary: 'Change the priority of a queued task',
    body: ReprioritizeRequest,
    answers: { 200: { description: 'The task with its new priority', schema: WireTask } },
    errors: ['invalid_request', 'not_found', 'conflict', 'payload_too_large'],
  },
  {
    method: 'get',
    path: '/api/v1/tasks/{task_id}/deliveries',
    id: 'list-deliveries',
    tag,
    summary: 'Read how the events of a task (or of a batch, by its id) came to its callback URL',
    answers: { 200: { description: 'One for each event sent', schema: DeliveryList } },
    errors: ['not_found'],
  },
  {
    method: 'post',
    path: '/api/v1/tasks/batch',
    id: 'submit-batch',
    tag: 'Batches',
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
    tag: 'Batches',
    summary: 'Read the progress of a batch',
    answers: { 200: { description: 'Counts by status', schema: WireBatch } },
    errors: ['not_found'],
  },
];
