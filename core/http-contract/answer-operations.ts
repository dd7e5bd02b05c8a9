import * as z from 'zod';
import { TaskRequest } from '../tasks/task-request.ts';
import { WireTask } from '../tasks/task-wire.ts';
import { idempotencyKey } from './idempotency-key.ts';
import type { Operation } from './operation.ts';
import { ServerSentEvent } from './server-sent-event.ts';
import { submissionErrors } from './submission-errors.ts';

const AnswerEvent = ServerSentEvent.extend({
  event: z.enum(['status', 'delta', 'completed', 'failed']),
  id: z.string().meta({ description: '`<task_id>:<n>`' }),
});

const tag = 'Answers';
const example = { type: 'custom', prompt: 'Name three rivers.' };
const location = 'Path of the task: `/api/v1/tasks/<task_id>`';

export const processSync: Operation = {
  method: 'post',
  path: '/api/v1/process/sync',
  id: 'process-sync',
  scope: 'submit',
  tag,
  summary: 'Submit a task and wait for its result',
  description:
    'Waits for the smaller of `config.timeout` and 27 s. A task that still runs then is answered by 202 and ' +
    'goes on: read it at `location`. `priority` is `high` unless the task says otherwise.',
  headers: [idempotencyKey],
  body: TaskRequest,
  example,
  answers: {
    200: {
      description: 'The task, which has ended: `status` says how',
      schema: WireTask,
      headers: { location },
    },
    202: {
      description: 'The task, which still runs',
      schema: WireTask,
      headers: { location, 'retry-after': 'Seconds after which to read the task' },
    },
  },
  errors: submissionErrors,
};

export const processStream: Operation = {
  method: 'post',
  path: '/api/v1/process/stream',
  id: 'process-stream',
  scope: 'submit',
  tag,
  summary: 'Submit a task and read its answer as it is written',
  description: [
    'Server-Sent Events. Each has an `event`, an `id` of the form `<task_id>:<n>`, and `data` in JSON:',
    [
      '- `status`: `{"task_id","status","priority","attempts"}`, first and with each change. With ' +
        '`"restart": true` the deltas before it are void: another attempt begins anew. With `"resume": true` ' +
        'it is the last of this stream, which has lasted 15 minutes, though the task goes on',
      '- `delta`: `{"content"}`, a piece of the text',
      '- `completed`, or `failed` (a cancelled task too): the task, as `GET /api/v1/tasks/{task_id}` reads it. ' +
        'Exactly one, and the last',
    ].join('\n'),
    'A comment comes every 15 s while there is nothing to tell. A stream that broke off goes on by a request ' +
      'with `Last-Event-ID` and no body, for an hour; for that the token needs the scope `read`.',
  ].join('\n\n'),
  headers: [
    {
      name: 'Last-Event-ID',
      description: 'The `id` of the last event that was received: goes on after it. The body is then empty',
      maxLength: 116,
    },
    idempotencyKey,
  ],
  body: TaskRequest,
  example,
  optionalBody: true,
  answers: { 200: { description: 'The events', contentType: 'text/event-stream', schema: AnswerEvent } },
  errors: [...submissionErrors, 'not_found'],
};
