import * as z from 'zod';
import { readJson } from '../core/json/read-json.ts';
import type { DirectEvent, DirectTask } from '../core/scheduling/run-direct-task.ts';
import type { Task } from '../core/tasks/task.ts';
import { parseItem } from './parse-item.ts';
import { StoredDelta } from './stored-delta.ts';
import { taskFromRow, taskToItem } from './task-items.ts';
import { StoredInput, TaskRow } from './task-rows.ts';

// How a task is handed to its worker, and what that tells: JSON, with tasks as their rows are, but nothing compressed.
// Functions of two versions talk with each other while a deployment is under way.

const DirectCall = z.object({
  direct: z.object({ row: TaskRow, input: StoredInput, request_hash: z.string().optional() }),
});

const EventLine = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('refused') }),
  z.object({ kind: z.literal('exists') }),
  z.object({ kind: z.literal('started'), row: TaskRow }),
  z.object({ kind: z.literal('delta'), delta: StoredDelta }),
  z.object({ kind: z.literal('answered'), rate_limits: z.record(z.string(), z.string()) }),
  z.object({ kind: z.literal('settled'), row: TaskRow }),
]);

function toRow(task: Task): TaskRow {
  const { result } = task;
  const row = taskToItem({ ...task, result: null }, false);
  return result ? { ...row, result: JSON.stringify(result) } : row;
}

export function writeDirectCall({ task, input, requestHash }: DirectTask): string {
  const direct = { row: toRow(task), input: JSON.stringify(input), request_hash: requestHash };
  return JSON.stringify({ direct });
}

export function isDirectCall(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'direct' in event;
}

export function readDirectCall(event: unknown): DirectTask {
  const { row, input, request_hash } = parseItem('A direct call', DirectCall, event).direct;
  return { task: taskFromRow(row), input, ...(request_hash !== undefined && { requestHash: request_hash }) };
}

/** One line, with its end. */
export function writeEventLine(event: DirectEvent): string {
  return `${JSON.stringify(toLine(event))}\n`;
}

function toLine(event: DirectEvent): z.input<typeof EventLine> {
  switch (event.kind) {
    case 'started':
    case 'settled':
      return { kind: event.kind, row: toRow(event.task) };
    case 'answered':
      return { kind: event.kind, rate_limits: { ...event.rateLimits } };
    default:
      return event;
  }
}

export function readEventLine(line: string): DirectEvent {
  const parsed = parseItem('What a worker tells', EventLine, readJson(line));
  switch (parsed.kind) {
    case 'started':
    case 'settled':
      return { kind: parsed.kind, task: taskFromRow(parsed.row) };
    case 'answered':
      return { kind: parsed.kind, rateLimits: parsed.rate_limits };
    default:
      return parsed;
  }
}
