import { exactJson } from './exact-json.ts';
import type { TaskRequest } from './wire.ts';

const encoder = new TextEncoder();

export interface TaskLine {
  /** From 1, as editors count. */
  line: number;
  request: TaskRequest;
  /** As the service counts: quotes, backslashes and line breaks twice. */
  bytes: number;
}

export interface ReadTasks {
  tasks: TaskLine[];
  /** Lines that are no task at all, and why. */
  faults: { line: number; message: string }[];
}

/** The tasks of a file with one of them as JSON in each line; empty lines are passed over. */
export function readTasks(text: string): ReadTasks {
  const read: ReadTasks = { tasks: [], faults: [] };
  for (const [index, content] of text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    if (content.trim() === '') continue;
    const line = index + 1;
    try {
      const request: unknown = exactJson.parse(content);
      if (typeof request !== 'object' || request === null || Array.isArray(request))
        throw new Error('is not an object such as {"type":"custom","prompt":"Say yes"}');
      const bytes = encoder.encode(content).length + (content.match(/["\\]/g)?.length ?? 0);
      read.tasks.push({ line, request: request as TaskRequest, bytes });
    } catch (error) {
      read.faults.push({ line, message: (error as Error).message });
    }
  }
  return read;
}

/** Below what the service takes as one batch. */
const mostTasks = 1_000;
const mostBytes = 4_000_000;

/** Batches as large as the service takes them; a task that is too large by itself is one of its own. */
export function cutBatches(tasks: TaskLine[]): TaskLine[][] {
  const batches: TaskLine[][] = [];
  let bytes = 0;
  for (const task of tasks) {
    const last = batches.at(-1);
    if (last && last.length < mostTasks && bytes + task.bytes <= mostBytes) {
      last.push(task);
      bytes += task.bytes;
    } else {
      batches.push([task]);
      bytes = task.bytes;
    }
  }
  return batches;
}
