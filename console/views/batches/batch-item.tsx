import { useSignal } from '@preact/signals';
import type { Batch } from '../../../client/wire.ts';
import { frame } from '../../app/live.ts';
import { formats, words } from '../../app/preferences.ts';
import { CopyButton } from '../../parts/copy-button.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Meter } from '../../parts/meter.tsx';
import type { BatchRow } from '../../state/batch-board.ts';
import { writeRoute } from '../../state/route.ts';
import { downloadResults } from './download-results.ts';
import { LineFaults } from './line-faults.tsx';

const kinds = ['completed', 'failed', 'cancelled', 'processing', 'queued'] as const;
export function BatchItem({ row }: { row: BatchRow }) {
  // The row is the same object whatever is read into it.
  void frame.value;
  const { batches: names, errors } = words.value;
  const { batch, source } = row;
  return (
    <li class="batch">
      <header class="row">
        <h3>
          {source && <span>{source} </span>}
          <code>{row.id}</code>
        </h3>
        <CopyButton text={row.id} />
      </header>
      {row.fault && <p class="note note-error">{errors.not_found}</p>}
      {!batch && !row.fault && <p class="detail">{names.loading}</p>}
      {batch && <Progress batch={batch} />}
      {row.rejected.length > 0 && (
        <details>
          <summary>{names.rejected(row.rejected.length)}</summary>
          <LineFaults faults={row.rejected} />
        </details>
      )}
      {batch && (
        <div class="row">
          <a class="button" href={writeRoute({ view: 'tasks', batch: row.id })}>
            {names.tasks}
          </a>
          <Download id={row.id} />
        </div>
      )}
    </li>
  );
}

function Progress({ batch }: { batch: Batch }) {
  const { batches: names, status } = words.value;
  const own = formats.value;
  const { counts } = batch;
  const ended = counts.completed + counts.failed + counts.cancelled;
  const text = names.progress(own.count(ended), own.count(counts.total));
  return (
    <>
      <Meter
        label={text}
        parts={kinds.filter((kind) => kind !== 'queued').map((kind) => ({ kind, value: counts[kind] }))}
        total={counts.total}
      />
      <p class="row counts">
        <b>{batch.status === 'completed' ? names.ended : names.processing}</b>
        <span>{text}</span>
        {kinds.map((kind) =>
          counts[kind] > 0 ? (
            <span key={kind} class={`mark mark-${kind}`}>
              {status[kind]} {own.count(counts[kind])}
            </span>
          ) : null,
        )}
        <span class="detail">
          {names.created} {own.moment(Date.parse(batch.created_at))}
          {batch.completed_at &&
            ` · ${own.duration(Date.parse(batch.completed_at) - Date.parse(batch.created_at))}`}
        </span>
      </p>
    </>
  );
}

function Download({ id }: { id: string }) {
  const { batches: names } = words.value;
  const count = useSignal<number | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  const start = async () => {
    count.value = 0;
    error.value = undefined;
    try {
      await downloadResults(id, (read) => {
        count.value = read;
      });
    } catch (cause) {
      error.value = cause;
    } finally {
      count.value = undefined;
    }
  };
  return (
    <>
      <button type="button" disabled={count.value !== undefined} onClick={() => void start()}>
        {count.value === undefined ? names.download : names.downloading(formats.value.count(count.value))}
      </button>
      {error.value !== undefined && (
        <ErrorNote error={error.value} scope="read" onRetry={() => void start()} />
      )}
    </>
  );
}
