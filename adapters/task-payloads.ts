import type { Task, TaskInput, TaskKey, TaskResult } from '../core/tasks/task.ts';
import { parseItem } from './parse-item.ts';
import type { Payloads } from './s3-payloads.ts';
import { StoredResult, writeResult } from './stored-result.ts';
import { type InputRow, StoredInput, type TaskRow } from './task-rows.ts';

// Inputs and results lie in their rows, and in the bucket where they are too large.

/** Over this an input goes to S3: a row holds 400 KB at most, and each KB written costs a write unit. */
const inputRowBytes = 200 * 1024;
/** Over this a result goes to S3: a put costs as much as 8 KB of writes, and events omit over 28 KB. */
const resultRowBytes = 24 * 1024;

/** @param version part of the object's key, so that another request for the same task replaces nothing */
export async function placeInput(
  payloads: Payloads,
  task: TaskKey,
  input: TaskInput,
  version = '',
): Promise<InputRow> {
  const body = JSON.stringify(input);
  if (Buffer.byteLength(body) <= inputRowBytes) return { body };
  const objectKey = `${task.tenant}/${task.taskId}/input${version && `-${version}`}.json`;
  await payloads.put(objectKey, body);
  return { object_key: objectKey };
}

/** Undefined when its object is gone. */
export async function readInput(payloads: Payloads, row: InputRow): Promise<TaskInput | undefined> {
  const text = row.object_key === undefined ? row.body : await payloads.get(row.object_key);
  return text === undefined ? undefined : parseItem('The input of a task', StoredInput, text);
}

export async function placeResult(
  payloads: Payloads,
  task: Pick<Task, 'tenant' | 'taskId' | 'attempts'>,
  result: TaskResult,
): Promise<Pick<TaskRow, 'result' | 'result_key'>> {
  const text = writeResult(result);
  if (Buffer.byteLength(text) <= resultRowBytes) return { result: text };
  // With the attempt in its key, no worker that lost its lease can overwrite the winner's result.
  const objectKey = `${task.tenant}/${task.taskId}/result-${task.attempts}.json`;
  await payloads.put(objectKey, text);
  return { result_key: objectKey, result: writeResult({ ...result, content: '', data: undefined }) };
}

/** The task with its whole result; as it is when the object is gone. */
export async function fetchResult(payloads: Payloads, task: Task): Promise<Task> {
  if (!task.resultKey) return task;
  const text = await payloads.get(task.resultKey);
  if (!text) return task;
  return { ...task, result: parseItem('The result of a task', StoredResult, text), resultKey: null };
}
