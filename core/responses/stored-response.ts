import { OpenaiError } from '../openai/openai-error.ts';
import { ServiceError } from '../service-error.ts';
import { getTask } from '../tasks/get-task.ts';
import type { Task, TaskInput } from '../tasks/task.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import { taskKeyOf } from './response-id.ts';

/** The input of a task that is a response. */
export type ResponseInput = TaskInput & Required<Pick<TaskInput, 'chat' | 'response'>>;

export interface StoredResponse {
  task: Task;
  input: ResponseInput;
}

export interface StoredResponsePorts {
  tasks: Pick<TaskStore, 'get' | 'expire' | 'readInput'>;
}

/** What a client may read: not what it did not let be stored, nor what was deleted. Undefined: there is none. */
export async function findResponse(
  tenant: string,
  responseId: string,
  now: number,
  { tasks }: StoredResponsePorts,
): Promise<StoredResponse | undefined> {
  const key = taskKeyOf(tenant, responseId);
  if (!key) return undefined;
  const [task, input] = await Promise.all([
    getTask(key, now, tasks).catch((error: unknown) => {
      if (error instanceof ServiceError && error.code === 'not_found') return undefined;
      throw error;
    }),
    tasks.readInput(key),
  ]);
  if (!task || !isResponse(input) || input.response.request.store === false) return undefined;
  return { task, input };
}

/** The same. Throws an error of status 404. */
export async function getResponse(...request: Parameters<typeof findResponse>): Promise<StoredResponse> {
  const found = await findResponse(...request);
  if (found) return found;
  const message = `Response with id '${request[1].slice(0, 100)}' not found.`;
  throw new OpenaiError(404, { message, type: 'invalid_request_error' }, false);
}

export function isResponse(input: TaskInput | undefined): input is ResponseInput {
  return input?.chat !== undefined && input.response !== undefined;
}
