import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { route } from './app/navigation.ts';
import { words } from './app/preferences.ts';
import { asksForToken, config, loadConfig } from './app/session.ts';
import { ErrorNote } from './parts/error-note.tsx';
import { BatchesView } from './views/batches-view.tsx';
import { ConnectionNotes, Header } from './views/header.tsx';
import { LiveView } from './views/live-view.tsx';
import { SubmitView } from './views/submit-view.tsx';
import { TaskPanel } from './views/task-panel.tsx';
import { TasksView } from './views/tasks-view.tsx';
import { TokenForm } from './views/token-form.tsx';

const views = { live: LiveView, tasks: TasksView, submit: SubmitView, batches: BatchesView };

export function AppRoot() {
  const { view, task } = route.value;
  const { nav, name } = words.value;
  const View = views[view];
  useEffect(() => {
    document.title = `${nav[view]} · ${name}`;
  }, [nav, view, name]);
  return (
    <>
      <Header />
      <main id="content" tabIndex={-1}>
        {!config.value ? (
          <Start />
        ) : asksForToken.value ? (
          <TokenForm />
        ) : (
          <>
            <ConnectionNotes />
            <View />
            {task && <TaskPanel id={task} />}
          </>
        )}
      </main>
    </>
  );
}

/** Until the service has said what it is. */
function Start() {
  const error = useSignal<unknown>(undefined);
  const load = async () => {
    error.value = undefined;
    try {
      await loadConfig();
    } catch (cause) {
      error.value = cause;
    }
  };
  useEffect(() => void load(), []);
  if (error.value === undefined) return <p role="status">{words.value.connection.connecting}</p>;
  return <ErrorNote error={error.value} scope="read" onRetry={() => void load()} />;
}
