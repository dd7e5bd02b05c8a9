import { signal } from '@preact/signals';
import type { Task, TaskRequest } from '../../client/wire.ts';
import { FrameBatcher } from '../state/frame-batcher.ts';
import { board, showTasks } from './live.ts';
import { call, client, noteRefusal, token } from './session.ts';

/** A task that was submitted from this page. */
export interface Run {
  readonly key: number;
  readonly request: TaskRequest;
  taskId: string | undefined;
  state: 'submitting' | 'submitted' | 'waiting' | 'writing' | 'ended' | 'refused';
  text: string;
  /** The text began anew. */
  isRestarted: boolean;
  task: Task | undefined;
  error: unknown;
}

const mostRuns = 10;

/** The newest first. Outlives the form, so that one may look elsewhere meanwhile. */
export const runs = signal<Run[]>([]);
let nextKey = 1;

const drawing = new FrameBatcher<void>(
  () => show(),
  (run) => requestAnimationFrame(run),
);

function show(): void {
  runs.value = [...runs.value];
}

function add(request: TaskRequest): Run {
  const run: Run = {
    key: nextKey++,
    request,
    taskId: undefined,
    state: 'submitting',
    text: '',
    isRestarted: false,
    task: undefined,
    error: undefined,
  };
  runs.value = [run, ...runs.value].slice(0, mostRuns);
  return run;
}

/** There is no task: the form says why. */
function refuse(run: Run, error: unknown): void {
  run.error = error;
  run.state = 'refused';
  runs.value = runs.value.filter((each) => each !== run);
}

/** Hands in and is done. */
export async function submitOnly(request: TaskRequest): Promise<Run> {
  const run = add(request);
  try {
    run.taskId = (await call((service) => service.submit(request))).task_id;
    run.state = 'submitted';
  } catch (error) {
    refuse(run, error);
  }
  show();
  return run;
}

/** Hands in and reads the answer as it is written. Settles when the task has ended. */
export async function submitAndWatch(request: TaskRequest): Promise<Run> {
  const run = add(request);
  const used = token.peek();
  try {
    for await (const told of client.peek().stream(request)) {
      run.taskId ??= told.id.split(':')[0];
      if (told.event === 'status') {
        run.taskId = told.data.task_id;
        if (told.data.restart) {
          run.text = '';
          run.isRestarted = true;
        }
        run.state = told.data.status === 'queued' ? 'waiting' : 'writing';
      } else if (told.event === 'delta') {
        run.text += told.data.content;
        run.state = 'writing';
      } else {
        run.task = told.data;
        run.state = 'ended';
        showTasks([told.data], board.moment, true);
      }
      drawing.add();
    }
  } catch (error) {
    noteRefusal(error, used);
    if (run.taskId) {
      run.error = error;
      run.state = 'submitted';
    } else refuse(run, error);
  }
  show();
  return run;
}
