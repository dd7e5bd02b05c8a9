import * as z from 'zod';
import { taskStatuses } from '../tasks/task.ts';
import { GetTaskQuery, ListTasksQuery, ReprioritizeRequest, TaskRequest } from '../tasks/task-request.ts';
import { WireTask } from '../tasks/task-wire.ts';
import { DeliveryList } from '../webhooks/delivery-wire.ts';
import { idempotencyKey } from './idempotency-key.ts';
import type { Operation } from './operation.ts';
import { submissionErrors } from './submission-errors.ts';

const SubmittedTask = z
  .object({
    task_id: z.string().meta({ description: '`task_<uuid>`' }),
    status: z.enum(taskStatuses).meta({
      description: '`queued`, or `completed` where the cache had the result of an equal task',
    }),
  })
  .meta({ id: 'SubmittedTask' });

const TaskPage = z
  .object({
    tasks: z.array(WireTask),
    next_cursor: z.string().nullable().meta({ description: 'For `cursor`; null: this was the last page' }),
  })
  .meta({ id: 'TaskPage' });

const tag = 'Tasks';

export const taskOperations: Operation[] = [
  {
    method: 'post',
    path: '/api/v1/tasks',
    id: 'submit-task',
    scope: 'submit',
    tag,
    summary: 'Submit a task',
    description:
      'An accepted task ends as `completed`, `failed` or `cancelled`, whatever fails in between. A ' +
      'provider is chosen at once by `config.strategy`; `routing` of the task says why.',
    headers: [idempotencyKey],
    body: TaskRequest,
    example: { type: 'semantic_analysis', data: { text: 'The new release is a delight to use.' } },
    answers: {
      202: {
        description: 'Accepted',
        schema: SubmittedTask,
        headers: { location: 'Path of the task: `/api/v1/tasks/<task_id>`' },
      },
    },
    errors: submissionErrors,
  },
  {
    method: 'get',
    path: '/api/v1/tasks',
    id: 'list-tasks',
    scope: 'read',
    tag,
    summary: 'List tasks, newest first',
    description:
      'Filters may be combined; an empty one counts as absent. A page of a filtered listing may be ' +
      'shorter than `limit`, even empty, and still have a `next_cursor`. A task appears shortly after ' +
      'it was accepted.',
    query: ListTasksQuery,
    answers: { 200: { description: 'A page', schema: TaskPage } },
    errors: ['invalid_request'],
  },
  {
    method: 'get',
    path: '/api/v1/tasks/{task_id}',
    id: 'get-task',
    scope: 'read',
    tag,
    summary: 'Read a task',
    query: GetTaskQuery,
    answers: { 200: { description: 'The task', schema: WireTask } },
    errors: ['invalid_request', 'not_found'],
  },
  {
    method: 'delete',
    path: '/api/v1/tasks/{task_id}',
    id: 'cancel-task',
    scope: 'submit',
    tag,
    summary: 'Cancel a task',
    description:
      'A queued task never reaches a provider. The call of a processing one is aborted as soon as its ' +
      'worker sees it, and its result is not taken. A task that has ended already answers 409.',
    answers: { 200: { description: 'The cancelled task', schema: WireTask } },
    errors: ['not_found', 'conflict'],
  },
  {
    method: 'patch',
    path: '/api/v1/tasks/{task_id}',
    id: 'reprioritize-task',
    scope: 'submit',
    tag,
    summary: 'Change the priority of a queued task',
    description:
      'Naming the priority that the task has changes nothing. A task that is processing or has ended ' +
      'answers 409.',
    body: ReprioritizeRequest,
    example: { priority: 'high' },
    answers: { 200: { description: 'The task with its new priority', schema: WireTask } },
    errors: ['invalid_request', 'forbidden', 'not_found', 'conflict', 'payload_too_large'],
  },
  {
    method: 'get',
    path: '/api/v1/tasks/{task_id}/deliveries',
    id: 'list-deliveries',
    scope: 'read',
    tag,
    summary: 'Read how the webhooks of a task went',
    description:
      'The event of the last change is listed with that change, an earlier one once it was tried. A task ' +
      'without a `callback_url` has none.',
    answers: {
      200: { description: 'One for each event, in the order of their versions', schema: DeliveryList },
    },
    errors: ['not_found'],
  },
];
