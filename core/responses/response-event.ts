import { buildTaskEvent } from '../events/build-event.ts';
import type { OpenaiEvent } from '../openai/openai-event.ts';
import type { Task } from '../tasks/task.ts';
import { responseIdOf } from './response-id.ts';
import { statusOf } from './response-status.ts';

/** What the webhook of a response that has ended tells. */
export function responseEvent(task: Task): OpenaiEvent {
  const { event_id, timestamp } = buildTaskEvent(task);
  return {
    id: event_id,
    object: 'event',
    created_at: Math.floor(Date.parse(timestamp) / 1000),
    type: `response.${statusOf(task)}`,
    data: { id: responseIdOf(task) },
  };
}
