import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Delivery, Task } from '../../client/wire.ts';
import { board, frame, showTasks } from '../app/live.ts';
import { closeTask } from '../app/navigation.ts';
import { words } from '../app/preferences.ts';
import { call } from '../app/session.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { StatusMark } from '../parts/marks.tsx';
import { hasEnded } from '../state/task-board.ts';
import { Answer } from './task/answer.tsx';
import { DeliveryTable } from './task/delivery-table.tsx';
import { Facts } from './task/facts.tsx';
import { RoutingTable } from './task/routing-table.tsx';
import { TaskActions } from './task/task-actions.tsx';
import { Timeline } from './task/timeline.tsx';

/** A task beside the view: closed by Escape, by its button, or by the browser's way back. */
export function TaskPanel({ id }: { id: string }) {
  void frame.value;
  const dialog = useRef<HTMLDialogElement>(null);
  const closer = useRef<HTMLButtonElement>(null);
  const task = useSignal<Task | undefined>(undefined);
  const deliveries = useSignal<Delivery[] | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  const { task: names } = words.value;

  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    closer.current?.focus();
    return () => element?.close();
  }, []);

  const read = async (isCurrent: () => boolean) => {
    try {
      const { moment } = board;
      const [found, sent] = await Promise.all([
        call((service) => service.get(id, { include: 'timeline' })),
        call((service) => service.deliveries(id)),
      ]);
      if (!isCurrent()) return;
      showTasks([found], moment, false);
      task.value = found;
      deliveries.value = sent;
      error.value = undefined;
    } catch (cause) {
      if (isCurrent()) error.value = cause;
    }
  };
  // Read again after each change; and once more some time after its end, when its webhooks were sent.
  const version = board.get(id)?.version ?? 0;
  useEffect(() => {
    let isCurrent = true;
    const start = () => void read(() => isCurrent);
    start();
    const timer = setInterval(start, 5_000);
    return () => {
      isCurrent = false;
      clearInterval(timer);
    };
  }, [id, version]);

  const found = task.value?.task_id === id ? task.value : undefined;
  return (
    <dialog
      ref={dialog}
      class="task-panel"
      aria-labelledby="task-title"
      onClose={closeTask}
      // Beside the panel lies what is behind it.
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current?.close();
      }}
      onKeyDown={() => {}}
    >
      <article>
        <header class="task-head">
          <h2 id="task-title">
            {names.title} <code>{id}</code>
          </h2>
          <CopyButton text={id} label={names.copyId} />
          <button type="button" ref={closer} onClick={() => dialog.current?.close()}>
            {names.close}
          </button>
        </header>
        {error.value !== undefined && (
          <ErrorNote error={error.value} scope="read" onRetry={() => void read(() => true)} />
        )}
        {!found && error.value === undefined && <p role="status">{names.loading}</p>}
        {found && (
          <>
            <p class="task-state" role="status">
              <StatusMark status={found.status} />
            </p>
            {!hasEnded(found.status) && (
              <TaskActions
                task={found}
                onChange={(changed) => {
                  task.value = { ...found, ...changed };
                }}
              />
            )}
            <Facts task={found} />
            <Answer task={found} />
            <Timeline task={found} />
            {found.routing && <RoutingTable routing={found.routing} />}
            <DeliveryTable deliveries={deliveries.value ?? []} />
          </>
        )}
      </article>
    </dialog>
  );
}
