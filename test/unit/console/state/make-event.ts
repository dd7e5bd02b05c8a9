import type { TaskEvent } from '../../../../client/wire.ts';
import { makeTask } from './make-task.ts';

type Changes = Partial<TaskEvent> & Pick<TaskEvent, 'task_id' | 'version' | 'event_type'>;

/** An event of a task, a second a version after midnight. */
export function makeEvent(changes: Changes): TaskEvent {
  const { task_id, version, event_type } = changes;
  const status = event_type === 'retrying' ? 'queued' : event_type;
  return {
    event_id: `evt_${task_id}_${version}`,
    batch_id: null,
    status,
    timestamp: new Date(Date.UTC(2026, 10, 26) + version * 1000).toISOString(),
    data: event_type === 'completed' ? makeTask(task_id).result : null,
    error: null,
    ...changes,
  };
}
