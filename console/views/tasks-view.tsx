import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Task } from '../../client/wire.ts';
import { board, frame, showTasks, types } from '../app/live.ts';
import { go, route } from '../app/navigation.ts';
import { words } from '../app/preferences.ts';
import { call } from '../app/session.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { Field } from '../parts/field.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { TaskCells, TaskHead } from '../parts/task-columns.tsx';
import { type Status, TaskBoard, type TaskRow } from '../state/task-board.ts';

const statuses: Status[] = ['queued', 'processing', 'completed', 'failed', 'cancelled'];
const page = 50;

export function TasksView() {
  const { search } = words.value;
  return (
    <section aria-labelledby="search" class="panel">
      <header class="panel-head">
        <h2 id="search">{search.title}</h2>
      </header>
      <SearchForm />
      <Found />
    </section>
  );
}

function SearchForm() {
  const { search, status: names } = words.value;
  const fault = useSignal<string | undefined>(undefined);
  const { status, type, batch } = route.value;
  const openById = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const id = String(new FormData(form).get('id')).trim();
    fault.value = undefined;
    if (id.startsWith('task_')) go({ ...route.value, task: id });
    else if (id.startsWith('batch_')) go({ view: 'tasks', batch: id });
    else fault.value = search.idFault;
  };
  const filter = (event: SubmitEvent) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget as HTMLFormElement);
    const get = (name: string) => String(values.get(name) ?? '').trim() || undefined;
    go({ view: 'tasks', status: get('status'), type: get('type'), batch: get('batch') });
  };
  return (
    <div class="search">
      <form class="row" onSubmit={filter} key={`${status} ${type} ${batch}`}>
        <Field label={search.status}>
          {(attributes) => (
            <select {...attributes} name="status" defaultValue={status ?? ''}>
              <option value="">{search.any}</option>
              {statuses.map((each) => (
                <option key={each} value={each} selected={each === status}>
                  {names[each]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={search.type}>
          {(attributes) => (
            <select {...attributes} name="type">
              <option value="">{search.any}</option>
              {typeNames(type).map((each) => (
                <option key={each} value={each} selected={each === type}>
                  {each}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={search.batch} class="grow">
          {(attributes) => <input {...attributes} name="batch" value={batch ?? ''} placeholder="batch_…" />}
        </Field>
        <button type="submit" class="primary">
          {search.search}
        </button>
        {(status || type || batch) && (
          <button type="button" onClick={() => go({ view: 'tasks' })}>
            {search.clear}
          </button>
        )}
      </form>
      <form class="row" onSubmit={openById}>
        <Field label={search.id} fault={fault.value} class="grow">
          {(attributes) => <input {...attributes} name="id" placeholder={search.idHint} />}
        </Field>
        <button type="submit">{search.open}</button>
      </form>
    </div>
  );
}

/** A type that was searched for is there, even where the deployment has it no more. */
function typeNames(searched: string | undefined): string[] {
  const names = types.value.map(({ name }) => name);
  return searched && !names.includes(searched) ? [...names, searched] : names;
}

function Found() {
  void frame.value;
  const { search } = words.value;
  const { status, type, batch } = route.value;
  const tasks = useSignal<Task[]>([]);
  const cursor = useSignal<string | undefined>(undefined);
  const state = useSignal<'loading' | 'done' | { error: unknown }>('loading');

  const read = async (isFirst: boolean, isCurrent: () => boolean = () => true) => {
    state.value = 'loading';
    try {
      const { moment } = board;
      const found = await call((service) =>
        service.list({
          limit: page,
          ...(status && { status: status as Status }),
          ...(type && { type }),
          ...(batch && { batch_id: batch }),
          ...(!isFirst && cursor.value && { cursor: cursor.value }),
        }),
      );
      if (!isCurrent()) return;
      // What came meanwhile by events is younger.
      showTasks(found.tasks, moment, false);
      tasks.value = isFirst ? found.tasks : [...tasks.value, ...found.tasks];
      cursor.value = found.next_cursor ?? undefined;
      state.value = 'done';
    } catch (error) {
      if (isCurrent()) state.value = { error };
    }
  };
  useEffect(() => {
    let isCurrent = true;
    tasks.value = [];
    cursor.value = undefined;
    void read(true, () => isCurrent);
    return () => {
      isCurrent = false;
    };
  }, [status, type, batch]);

  if (typeof state.value === 'object')
    return <ErrorNote error={state.value.error} scope="read" onRetry={() => void read(true)} />;
  const rows = rowsOf(tasks.value);
  const isLoading = state.value === 'loading';
  return (
    <>
      <p role="status" class="hint">
        {isLoading
          ? search.loading
          : rows.length === 0 && !cursor.value
            ? search.none
            : cursor.value
              ? search.andMore(rows.length)
              : search.found(rows.length)}
      </p>
      {rows.length > 0 && (
        <Scroll label={search.title}>
          <table>
            <thead>
              <TaskHead />
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <TaskCells row={row} changes={row.changes} />
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {cursor.value && (
        <button type="button" disabled={isLoading} onClick={() => void read(false)}>
          {search.more}
        </button>
      )}
    </>
  );
}

/** As they are now, where events told more since. */
function rowsOf(tasks: readonly Task[]): TaskRow[] {
  const found = new TaskBoard({ mostOpen: Number.POSITIVE_INFINITY, mostEnded: Number.POSITIVE_INFINITY });
  found.merge(tasks, 0, true);
  return tasks.flatMap(({ task_id }) => board.get(task_id) ?? found.get(task_id) ?? []);
}
