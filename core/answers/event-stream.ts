import { ServiceError } from '../service-error.ts';
import type { Task } from '../tasks/task.ts';
import { toWireTask } from '../tasks/task-wire.ts';
import { firstText } from './merge-deltas.ts';
import { nothingTold, type Place, type Progress } from './told.ts';

/** An event of `POST /api/v1/process/stream`, without the framing of Server-Sent Events. */
export interface StreamEvent {
  event: 'status' | 'delta' | 'completed' | 'failed';
  id: string;
  data: unknown;
}

/**
 * The number in an event's id says from where on a caller has yet to read: the attempt, how many characters (UTF-16) of its
 * text came, and whether that was all. So a broken stream goes on although nothing was kept of it. It only grows.
 */
const perAttempt = 1_000_000_000;

export function eventId(taskId: string, { attempt, position }: Place, isLast = false): string {
  return `${taskId}:${attempt * perAttempt + position * 2 + (isLast ? 1 : 0)}`;
}

/** What `Last-Event-ID` names. Throws `invalid_request` for what no event's id can be. */
export function readEventId(text: string): Place & { taskId: string } {
  const [, taskId = '', number] = /^([\w-]{1,100}):(\d{1,15})$/.exec(text.trim()) ?? [];
  if (number === undefined)
    throw new ServiceError('invalid_request', 'Last-Event-ID is not the id of an event of this stream');
  const at = Number(number);
  return {
    taskId,
    attempt: Math.floor(at / perAttempt),
    position: Math.floor((at % perAttempt) / 2),
  };
}

/** What a caller is sent. @param from how far an earlier connection came */
export async function* toStreamEvents(
  progress: AsyncIterable<Progress>,
  from: Place = nothingTold,
): AsyncGenerator<StreamEvent> {
  let place = from;
  for await (const told of progress)
    switch (told.kind) {
      case 'state':
        if (told.task.attempts > place.attempt && place.position === 0)
          place = { attempt: told.task.attempts, position: 0 };
        yield statusEvent(told.task, place);
        break;
      case 'restart':
        place = { attempt: told.task.attempts, position: 0 };
        yield statusEvent(told.task, place, { restart: true });
        break;
      case 'delta': {
        const content = firstText(told.delta);
        place = { attempt: told.attempt, position: told.position + content.length };
        const id = eventId(told.task.taskId, place);
        if (content !== '') yield { event: 'delta', id, data: { content } };
        break;
      }
      case 'ended': {
        const event = told.task.status === 'completed' ? 'completed' : 'failed';
        yield { event, id: eventId(told.task.taskId, place, true), data: toWireTask(told.task) };
        break;
      }
    }
}

/** The stream ends before the task does: its caller may go on with the id of any event. */
export function resumeEvent(task: Task, lastId: string): StreamEvent {
  return { ...statusEvent(task, nothingTold, { resume: true }), id: lastId };
}

function statusEvent(task: Task, place: Place, more: object = {}): StreamEvent {
  const { taskId, status, attempts, priority } = task;
  return {
    event: 'status',
    id: eventId(taskId, place),
    data: { task_id: taskId, status, priority, attempts, ...more },
  };
}
