import { useSignal } from '@preact/signals';
import { board, frame } from '../../app/live.ts';
import { besides } from '../../app/navigation.ts';
import { formats, words } from '../../app/preferences.ts';
import { type Run, runs } from '../../app/runs.ts';
import { call } from '../../app/session.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { StatusMark } from '../../parts/marks.tsx';
import { TaskLink } from '../../parts/task-link.tsx';
import { Answer } from '../task/answer.tsx';

/** What was submitted here: the last one as it is written, those before it in a list. */
export function Runs() {
  const { run: names } = words.value;
  const [last, ...earlier] = runs.value;
  return (
    <section aria-labelledby="answer-title" class="panel">
      <header class="panel-head">
        <h2 id="answer-title">{names.title}</h2>
      </header>
      {last ? <LastRun key={last.key} run={last} /> : <p class="empty">{names.empty}</p>}
      {earlier.length > 0 && (
        <>
          <h3>{names.earlier}</h3>
          <ul class="runs">
            {earlier.map((run) => (
              <li key={run.key}>
                {run.taskId && <TaskLink id={run.taskId} />} <RunMark run={run} />{' '}
                <span>{run.request.type}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function LastRun({ run }: { run: Run }) {
  // The run is the same object however far it has come.
  void runs.value;
  void frame.value;
  const { run: names } = words.value;
  const error = useSignal<unknown>(undefined);
  const isOpen = run.state !== 'ended' && run.taskId !== undefined && !hasEndedFor(run);
  const cancel = async (id: string) => {
    error.value = undefined;
    try {
      await call((service) => service.cancel(id));
    } catch (cause) {
      error.value = cause;
    }
  };
  return (
    <div class="run">
      <p class="row" role="status">
        <RunMark run={run} />
        {run.text !== '' && !run.task && (
          <span class="detail">{names.tokensArrived(formats.value.count(run.text.length))}</span>
        )}
        {run.isRestarted && <span class="detail">{names.restarted}</span>}
      </p>
      {run.taskId && (
        <p class="row">
          <a class="button" href={besides(run.taskId)}>
            {names.open}
          </a>
          {isOpen && (
            <button type="button" class="danger" onClick={() => void cancel(run.taskId ?? '')}>
              {names.stop}
            </button>
          )}
          <code>{run.taskId}</code>
        </p>
      )}
      {error.value !== undefined && <ErrorNote error={error.value} scope="submit" />}
      {run.error !== undefined && <ErrorNote error={run.error} scope="submit" />}
      {run.task ? <Answer task={run.task} /> : run.text !== '' && <pre class="writing">{run.text}</pre>}
    </div>
  );
}

function hasEndedFor(run: Run): boolean {
  const row = run.taskId ? board.get(run.taskId) : undefined;
  return row?.endedAt !== undefined;
}

/** Its status: what the stream told, and what events told of a task that was only handed in. */
function RunMark({ run }: { run: Run }) {
  void runs.value;
  void frame.value;
  const { run: names } = words.value;
  const status = run.task?.status ?? (run.taskId ? board.get(run.taskId)?.status : undefined);
  if (run.state === 'submitting') return <span class="mark mark-queued">{names.submitting}</span>;
  if (run.state === 'writing' && !run.task) return <span class="mark mark-processing">{names.writing}</span>;
  if (run.state === 'waiting') return <span class="mark mark-queued">{names.waiting}</span>;
  return <StatusMark status={status ?? 'queued'} />;
}
