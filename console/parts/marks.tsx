import { words } from '../app/preferences.ts';
import type { Priority, Status } from '../state/task-board.ts';

/** Never by colour alone. */
export function StatusMark({ status, isRetrying = false }: { status: Status; isRetrying?: boolean }) {
  const { status: names } = words.value;
  return (
    <span class={`mark mark-${status}`}>
      {isRetrying && status === 'queued' ? names.retrying : names[status]}
    </span>
  );
}

const arrows: Record<Priority, string> = { high: '↑', normal: '·', low: '↓' };

export function PriorityMark({ priority }: { priority: Priority }) {
  return (
    <span class={`priority priority-${priority}`}>
      <span aria-hidden="true">{arrows[priority]}</span> {words.value.priority[priority]}
    </span>
  );
}

/** An id is long: its beginning tells tasks apart, the whole of it is in the title. */
export function ShortId({ id }: { id: string }) {
  const [kind = '', rest = ''] = id.split('_');
  return (
    <span class="id" title={id}>
      {kind}_{rest.slice(0, 8)}
      {rest.length > 8 && '…'}
    </span>
  );
}
