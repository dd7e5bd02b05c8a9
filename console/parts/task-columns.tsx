import { formats, words } from '../app/preferences.ts';
import { writeRoute } from '../state/route.ts';
import type { TaskRow } from '../state/task-board.ts';
import { PriorityMark, ShortId, StatusMark } from './marks.tsx';
import { TaskLink } from './task-link.tsx';

/** The head of a table of tasks. */
export function TaskHead() {
  const { list } = words.value;
  return (
    <tr>
      <th scope="col">{list.task}</th>
      <th scope="col">{list.status}</th>
      <th scope="col">{list.type}</th>
      <th scope="col" class="wide">
        {list.priority}
      </th>
      <th scope="col" class="wide">
        {list.provider}
      </th>
      <th scope="col" class="wide">
        {list.batch}
      </th>
      <th scope="col" class="number wide">
        {list.wait}
      </th>
      <th scope="col" class="number">
        {list.took}
      </th>
      <th scope="col" class="number wide">
        {list.tokens}
      </th>
      <th scope="col" class="number wide">
        {list.cost}
      </th>
      <th scope="col" class="number wide">
        {list.created}
      </th>
    </tr>
  );
}

/** @param props.changes of the row: another number draws it again */
export function TaskCells({ row }: { row: TaskRow; changes: number }) {
  const { duration, cost, count, clock } = formats.value;
  const { failures } = words.value;
  const reason = row.errorCode && failures[row.errorCode as keyof typeof failures];
  const told = (value: number | undefined, show: (value: number) => string) =>
    value === undefined ? '–' : show(value);
  return (
    <>
      <td>
        <TaskLink id={row.id} />
      </td>
      <td title={reason}>
        <StatusMark status={row.status} isRetrying={row.isRetrying} />
        {row.errorCode && <code class="code wide">{row.errorCode}</code>}
      </td>
      <td class="type">{row.type ?? '…'}</td>
      <td class="wide">{row.priority ? <PriorityMark priority={row.priority} /> : '…'}</td>
      <td class="wide">{row.provider ?? '…'}</td>
      <td class="wide">
        {row.batchId && (
          <a href={writeRoute({ view: 'tasks', batch: row.batchId })}>
            <ShortId id={row.batchId} />
          </a>
        )}
      </td>
      <td class="number wide">{told(waitOf(row), duration.bind(formats.value))}</td>
      <td class="number">{told(tookOf(row), duration.bind(formats.value))}</td>
      <td class="number wide">{told(row.tokens, count.bind(formats.value))}</td>
      <td class="number wide">{told(row.costUsd, cost.bind(formats.value))}</td>
      <td class="number wide">{told(row.queuedAt, clock.bind(formats.value))}</td>
    </>
  );
}

function waitOf({ queuedAt, startedAt }: TaskRow): number | undefined {
  return queuedAt !== undefined && startedAt !== undefined ? Math.max(0, startedAt - queuedAt) : undefined;
}

function tookOf({ queuedAt, endedAt }: TaskRow): number | undefined {
  return queuedAt !== undefined && endedAt !== undefined ? Math.max(0, endedAt - queuedAt) : undefined;
}
