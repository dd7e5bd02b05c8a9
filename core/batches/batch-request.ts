import * as z from 'zod';
import { CallbackUrl, TaskRequest } from '../tasks/task-request.ts';

const maxBatchTasks = 1000;

/** A batch, its tasks unparsed: each is parsed by itself, so that a bad one does not refuse the others. */
export const BatchRequest = z.strictObject({
  tasks: z.array(z.unknown()).min(1).max(maxBatchTasks),
  callback_url: CallbackUrl.optional().meta({
    description:
      'Gets the one event `batch.completed`, under the rules of the `callback_url` of a task. Tasks may ' +
      'have their own',
  }),
});
export type BatchRequest = z.infer<typeof BatchRequest>;

/** A batch with the schema of its tasks, for the OpenAPI document alone. */
export const DocumentedBatchRequest = BatchRequest.extend({
  tasks: z.array(TaskRequest).min(1).max(maxBatchTasks),
}).meta({
  id: 'BatchRequest',
  description:
    'A task that does not satisfy its schema is refused by itself, in the answer 202; the batch is ' +
    'refused only for what lies outside of `tasks` or for their number',
});
