import type { Task } from '../../../client/wire.ts';
import { formats, words } from '../../app/preferences.ts';
import { PriorityMark } from '../../parts/marks.tsx';
import { writeRoute } from '../../state/route.ts';

export function Facts({ task }: { task: Task }) {
  const { task: names } = words.value;
  const own = formats.value;
  const entries = Object.entries(task.metadata);
  return (
    <dl class="facts">
      <dt>{names.type}</dt>
      <dd>{task.type}</dd>
      <dt>{names.priority}</dt>
      <dd>
        <PriorityMark priority={task.priority} />
      </dd>
      <dt>{names.provider}</dt>
      <dd>
        {task.provider}
        {task.model && ` · ${task.model}`}
      </dd>
      <dt>{names.attempts}</dt>
      <dd>{task.attempts}</dd>
      <dt>{names.accepted}</dt>
      <dd>{own.moment(Date.parse(task.created_at))}</dd>
      {task.completed_at && (
        <>
          <dt>{names.ended}</dt>
          <dd>
            {own.moment(Date.parse(task.completed_at))} ·{' '}
            {own.duration(Date.parse(task.completed_at) - Date.parse(task.created_at))}
          </dd>
        </>
      )}
      {task.batch_id && (
        <>
          <dt>{names.batch}</dt>
          <dd>
            <a href={writeRoute({ view: 'tasks', batch: task.batch_id })}>
              <code>{task.batch_id}</code>
            </a>
          </dd>
        </>
      )}
      {entries.length > 0 && (
        <>
          <dt>{names.metadata}</dt>
          <dd>
            {entries.map(([name, value]) => (
              <code key={name} class="pair">
                {name}={value}
              </code>
            ))}
          </dd>
        </>
      )}
    </dl>
  );
}
