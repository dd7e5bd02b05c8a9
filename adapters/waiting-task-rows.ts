import * as z from 'zod';
import { TaskMessage } from '../core/scheduling/task-message.ts';
import type { WaitingTask } from '../core/scheduling/waiting-tasks.ts';
import { priorities } from '../core/tasks/task.ts';
import { jsonText, parseItem } from './parse-item.ts';

/** A message that is hidden while its task waits, as it lies in a row. */
const WaitingRow = z.object({
  sk: z.string(),
  provider: z.string(),
  priority: z.enum(priorities),
  handle: z.string(),
  receive_count: z.number(),
  message: jsonText(TaskMessage),
});
export type WaitingRow = z.input<typeof WaitingRow>;

export function toWaitingRow(sk: string, { provider, received }: WaitingTask): WaitingRow {
  const { priority, handle, receiveCount, message } = received;
  return { sk, provider, priority, handle, receive_count: receiveCount, message: JSON.stringify(message) };
}

export function fromWaitingRow(item: unknown): WaitingTask {
  const row = parseItem('The row of a waiting task', WaitingRow, item);
  const { provider, priority, handle, message } = row;
  return { provider, received: { priority, handle, message, receiveCount: row.receive_count } };
}
