import { useSignal } from '@preact/signals';
import type { Task } from '../../../client/wire.ts';
import { board, showTasks } from '../../app/live.ts';
import { words } from '../../app/preferences.ts';
import { call } from '../../app/session.ts';
import { Choice } from '../../parts/choice.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import type { Priority } from '../../state/task-board.ts';

const priorities: Priority[] = ['high', 'normal', 'low'];

/** What may be done to a task that has not ended. */
export function TaskActions({ task, onChange }: { task: Task; onChange: (task: Task) => void }) {
  const { task: names, priority } = words.value;
  const error = useSignal<unknown>(undefined);
  const told = useSignal<string>('');
  const isBusy = useSignal(false);

  const change = async (run: Parameters<typeof call<Task>>[0], text: string) => {
    isBusy.value = true;
    error.value = undefined;
    told.value = '';
    try {
      const { moment } = board;
      const changed = await call(run);
      showTasks([changed], moment, false);
      told.value = text;
      onChange(changed);
    } catch (cause) {
      error.value = cause;
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <div class="actions">
      {task.status === 'queued' && (
        <Choice
          label={names.priority}
          shown
          value={task.priority}
          options={priorities.map((value) => ({ value, text: priority[value] }))}
          onChange={(value) =>
            void change(
              (service) => service.reprioritize(task.task_id, value),
              names.prioritySet(priority[value]),
            )
          }
        />
      )}
      <button
        type="button"
        class="danger"
        disabled={isBusy.value}
        onClick={() => void change((service) => service.cancel(task.task_id), names.cancelled)}
      >
        {names.cancel}
      </button>
      <p role="status" class="hint">
        {told.value}
      </p>
      {error.value !== undefined && <ErrorNote error={error.value} scope="submit" />}
    </div>
  );
}
