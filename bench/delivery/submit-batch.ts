import type { Client } from '../../client/create-client.ts';
import type { BatchRequest } from '../../client/wire.ts';
import { unkeyed } from '../unkeyed.ts';

export interface SubmittedBatch {
  id: string;
  tasks: string[];
}

/** Throws where a task is refused. */
export async function postBatch(client: Client, body: BatchRequest): Promise<SubmittedBatch> {
  const { batch_id: id, tasks } = await client.submitBatch(body, unkeyed);
  const accepted = tasks.flatMap(({ task_id }) => task_id ?? []);
  if (accepted.length < tasks.length) throw new Error(`A task was refused: ${JSON.stringify(tasks)}`);
  return { id, tasks: accepted };
}

/** Submits batches of numbered tasks, whose events and their own go to the receiver too. */
export function createSubmitBatch(client: Client, callbackUrl: string) {
  let submitted = 0;
  return async (size: number): Promise<SubmittedBatch> => {
    const tasks = Array.from({ length: size }, (_, index) => ({
      type: 'custom',
      prompt: `Say something about number ${submitted + index}.`,
      callback_url: callbackUrl,
      config: { cache_enabled: false, max_retries: 10 },
    }));
    submitted += size;
    return postBatch(client, { tasks, callback_url: callbackUrl });
  };
}
