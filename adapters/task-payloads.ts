import type * as z from 'zod';
import type { Task, TaskInput, TaskKey, TaskResult } from '../core/tasks/task.ts';
import { parseItem } from './parse-item.ts';
import type { Payloads } from './s3-payloads.ts';
import { packResult, ResultText, writeResult } from './stored-result.ts';
import { findText, placeText } from './stored-text.ts';
import { type InputRow, StoredInput, type TaskRow } from './task-rows.ts';

// Inputs and results lie in their rows, and in the bucket where they are too large.

/** A longer result goes to S3: events omit over 28 KB. */
const resultRowBytes = 24 * 1024;

/** @param version part of the object's key, so that another request for the same task replaces nothing */
export function placeInput(
  payloads: Payloads,
  task: TaskKey,
  input: TaskInput,
  version = '',
): Promise<InputRow> {
  const objectKey = `${task.tenant}/${task.taskId}/input${version && `-${version}`}.json`;
  return placeText(payloads, objectKey, JSON.stringify(input));
}

/** Undefined when its object is gone. */
export async function readInput(
  payloads: Payloads,
  row: z.output<typeof InputRow>,
): Promise<TaskInput | undefined> {
  const text = await findText(payloads, row);
  return text === undefined ? undefined : parseItem('The input of a task', StoredInput, text);
}

export async function placeResult(
  payloads: Payloads,
  task: Pick<Task, 'tenant' | 'taskId' | 'attempts'>,
  result: TaskResult,
): Promise<Pick<TaskRow, 'result' | 'result_key'>> {
  const text = JSON.stringify(result);
  if (Buffer.byteLength(text) <= resultRowBytes) return { result: packResult(text) };
  // With the attempt in its key, no worker that lost its lease can overwrite the winner's result.
  const objectKey = `${task.tenant}/${task.taskId}/result-${task.attempts}.json`;
  await payloads.put(objectKey, text);
  return { result_key: objectKey, result: writeResult({ ...result, content: '', data: undefined }) };
}

/** The task with its whole result; without any when its object is gone, which the bucket may tell by a refusal. */
export async function fetchResult(payloads: Payloads, task: Task): Promise<Task> {
  if (!task.resultKey) return task;
  const text = await payloads.get(task.resultKey, { refusalIsMissing: true });
  const result = text ? parseItem('The result of a task', ResultText, text) : null;
  return { ...task, result, resultKey: null };
}
