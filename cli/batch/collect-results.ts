import { type Client, isFinal } from '../../client/create-client.ts';
import { pause } from '../../client/pause.ts';
import { LlmServiceError } from '../../client/service-error.ts';
import type { Task, TaskEvent } from '../../client/wire.ts';
import type { LineResult, RunRecord, SentBatch } from './run-record.ts';

/** Records the result of each task of a batch as it ends: by events, then by a look at what they did not tell. */
export async function collectResults(
  { batch_id, tasks }: SentBatch,
  record: RunRecord,
  client: Client,
  signal: AbortSignal,
  onResult: () => void,
): Promise<void> {
  const open = new Map(
    tasks.filter(({ line }) => !record.done.has(line)).map((task) => [task.task_id, task.line]),
  );
  const add = (
    taskId: string,
    { status, result, error }: Pick<LineResult, 'status' | 'result' | 'error'>,
  ) => {
    const line = open.get(taskId);
    if (line === undefined) return;
    record.addResults({ line, task_id: taskId, status, result, error });
    open.delete(taskId);
    onResult();
  };
  const addTask = async (task: Task) => {
    if (!open.has(task.task_id) || !isFinal(task.status)) return;
    const whole = task.result_omitted ? await client.get(task.task_id, { signal }) : task;
    add(task.task_id, whole as Task & { status: LineResult['status'] });
  };

  if (open.size > 0) await followBatch(batch_id, open, add, addTask, client, signal);
  while (open.size > 0) {
    for await (const task of client.listAll({ batch_id }, { signal })) await addTask(task);
    if (open.size === 0) return;
    const batch = await client.getBatch(batch_id, { signal }).catch(absent);
    // A list may be a moment behind, so what is not in it is asked for by itself.
    if (!batch || batch.status === 'completed')
      for (const id of [...open.keys()]) {
        const task = await client.get(id, { signal }).catch(absent);
        if (task) await addTask(task);
        else
          add(id, {
            status: 'lost',
            result: null,
            error: { code: 'not_found', message: 'It is not kept any more' },
          });
      }
    if (open.size > 0) await pause(2_000, signal);
  }
}

/** Until the batch has ended, or as far as there are events. */
async function followBatch(
  batchId: string,
  open: Map<string, number>,
  add: (taskId: string, result: Pick<LineResult, 'status' | 'result' | 'error'>) => void,
  addTask: (task: Task) => Promise<void>,
  client: Client,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const event of client.follow({ batchIds: [batchId], signal })) {
      if (event.event_type === 'delta' || event.event_type === 'batch.completed') continue;
      if (!open.has(event.task_id) || !isFinal(event.status)) continue;
      if (event.data_omitted) await addTask(await client.get(event.task_id, { signal }));
      else add(event.task_id, resultOf(event));
      if (open.size === 0) return;
    }
  } catch (error) {
    // No WebSocket, or no such batch any more: looking says more.
    if (!(error instanceof LlmServiceError) || error.status === 401) throw error;
  }
}

function resultOf({ status, data, error }: TaskEvent): Pick<LineResult, 'status' | 'result' | 'error'> {
  return { status: status as LineResult['status'], result: data ?? null, error };
}

function absent(error: unknown): undefined {
  if (error instanceof LlmServiceError && error.code === 'not_found') return undefined;
  throw error;
}
