import * as z from 'zod';
import { CallbackUrl, TaskRequest } from '../tasks/task-request.ts';

const maxBatchTasks = 1000;

/** The frame of a batch; its tasks are parsed one by one, so that a bad one does not refuse the others. */
export const BatchRequest = z.strictObject({
  tasks: z.array(z.unknown()).min(1).max(maxBatchTasks),
  callback_url: CallbackUrl.optional(),
});
export type BatchRequest = z.infer<typeof BatchRequest>;

/** The batch as a caller should write it: only the document has use for it. */
export const DocumentedBatchRequest = BatchRequest.extend({
  tasks: z.array(TaskRequest).min(1).max(maxBatchTasks),
}).meta({ id: 'BatchRequest' });
