import type { CallApi } from '../call-api.ts';

export interface SubmittedBatch {
  id: string;
  tasks: string[];
}

export async function postBatch(
  call: CallApi,
  body: { tasks: object[]; callback_url?: string },
): Promise<SubmittedBatch> {
  const answer = await call<{ batch_id: string; tasks: { task_id: string }[] }>(
    'POST',
    '/api/v1/tasks/batch',
    body,
  );
  return { id: answer.batch_id, tasks: answer.tasks.map(({ task_id }) => task_id) };
}

/** Submits batches of numbered tasks, whose events and their own go to the receiver too. */
export function createSubmitBatch(call: CallApi, callbackUrl: string) {
  let submitted = 0;
  return async (size: number): Promise<SubmittedBatch> => {
    const tasks = Array.from({ length: size }, (_, index) => ({
      type: 'custom',
      prompt: `Say something about number ${submitted + index}.`,
      callback_url: callbackUrl,
      config: { cache_enabled: false, max_retries: 10 },
    }));
    submitted += size;
    return postBatch(call, { tasks, callback_url: callbackUrl });
  };
}
