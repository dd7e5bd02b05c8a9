import type { Task, TaskKey } from '../tasks/task.ts';

/** The id by which a client knows a response; the task's is in it. */
export const responseIdOf = ({ taskId }: Pick<Task, 'taskId'>): string => taskId.replace(/^task_/, 'resp_');

/** The task of a response; undefined: no response has such an id. */
export function taskKeyOf(tenant: string, responseId: string): TaskKey | undefined {
  return /^resp_[\w-]{1,80}$/.test(responseId)
    ? { tenant, taskId: responseId.replace(/^resp_/, 'task_') }
    : undefined;
}

/** Of an item of its output: the same in a stream and when it is read, another one for each attempt. */
export function itemId(
  prefix: 'msg' | 'rs' | 'fc',
  { taskId }: Pick<Task, 'taskId'>,
  ...of: number[]
): string {
  return [prefix, taskId.replace(/^task_/, ''), ...of].join('_');
}
