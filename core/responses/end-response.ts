import type { DeltaLog } from '../answers/delta-log.ts';
import { OpenaiError } from '../openai/openai-error.ts';
import { isFinal, type Task } from '../tasks/task.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import { responseIdOf } from './response-id.ts';
import { getResponse, type StoredResponse, type StoredResponsePorts } from './stored-response.ts';

export interface EndResponsePorts extends StoredResponsePorts {
  tasks: StoredResponsePorts['tasks'] & Pick<TaskStore, 'cancel' | 'erase'>;
  deltas: Pick<DeltaLog, 'delete'>;
}

type Named = [tenant: string, responseId: string, now: number];

/** Ends a background response; one that has ended stays as it is. Throws errors of status 404, and 400 for one that a caller waits for. */
export async function cancelResponse(named: Named, ports: EndResponsePorts): Promise<StoredResponse> {
  const found = await getResponse(...named, ports);
  if (found.input.response.request.background !== true) {
    const message = 'Only a background response can be cancelled';
    throw new OpenaiError(400, { message, type: 'invalid_request_error' }, false);
  }
  if (isFinal(found.task.status)) return found;
  const outcome = await ports.tasks.cancel(found.task, named[2]);
  return { ...found, task: outcome?.task ?? found.task };
}

/** Ends it too, where it has not ended. What it was asked and what it answered is gone; its task is counted as before. */
export async function deleteResponse(named: Named, ports: EndResponsePorts) {
  const { task } = await getResponse(...named, ports);
  if (!isFinal(task.status)) await ports.tasks.cancel(task, named[2]);
  await eraseResponse(task, ports);
  return { id: responseIdOf(task), object: 'response', deleted: true };
}

/** Nobody reads it any more. Of a task that has ended. */
export async function eraseResponse(
  task: Task,
  { tasks, deltas }: { tasks: Pick<TaskStore, 'erase'>; deltas: Pick<DeltaLog, 'delete'> },
): Promise<void> {
  await Promise.all([tasks.erase(task), deltas.delete(task)]);
}
