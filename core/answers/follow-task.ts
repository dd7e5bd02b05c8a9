import { isAbandoned } from '../scheduling/is-abandoned.ts';
import { toQueuedTask } from '../scheduling/task-message.ts';
import type { TaskQueues } from '../scheduling/task-queues.ts';
import { taskNotFound } from '../tasks/get-task.ts';
import { isFinal, type Task, type TaskKey } from '../tasks/task.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import type { DeltaLog } from './delta-log.ts';
import { firstText } from './merge-deltas.ts';
import type { Progress, Told } from './told.ts';

export interface FollowTaskPorts {
  tasks: Pick<TaskStore, 'get' | 'getMany' | 'expire'>;
  queues: Pick<TaskQueues, 'enqueue'>;
  deltas: DeltaLog;
  clock: () => number;
  sleep: (milliseconds: number) => Promise<unknown>;
  /** Epoch ms; workers from before are dead. 0 where they outlive the host. */
  hostStartedAt: number;
}

/** Between two looks at a task: soon at first, for many take a second; then as often as pieces of answers are written. */
const firstPauseMs = 60;
const longestPauseMs = 400;
/** The same while it waits: hundreds of callers may wait with it. */
const longestQueuedPauseMs = 1_000;

/**
 * Tells of a task that a worker runs elsewhere, until it has ended or nobody listens any more. Throws `not_found`.
 *
 * @param reads whether the pieces of its answer are told
 */
export async function* followTask(
  key: TaskKey,
  told: Told,
  reads: boolean,
  ports: FollowTaskPorts,
  signal: AbortSignal,
): AsyncGenerator<Progress> {
  const { tasks, deltas, clock } = ports;
  /** Of the log: the next entry. */
  let next = { attempt: told.attempt, sequence: 0 };
  let wasQueuedAgain = false;
  let pauseMs = firstPauseMs;

  async function* readLog(task: Task, consistent: boolean): AsyncGenerator<Progress> {
    for (const { attempt, sequence, position, deltas: pieces } of await deltas.read(key, next, consistent)) {
      // A read that is not consistent may miss one that is there by the next.
      if (sequence > (attempt === next.attempt ? next.sequence : 0)) return;
      next = { attempt, sequence: sequence + 1 };
      let at = position;
      for (const piece of pieces) {
        yield* told.delta(task, attempt, piece, at);
        at += firstText(piece).length;
      }
    }
  }

  while (!signal.aborted) {
    const task = await look(key, tasks);
    const hasEnded = isFinal(task.status);
    if (!hasEnded) yield* told.state(task);
    // The log is complete before the row says that the task has ended.
    if (reads && task.attempts > 0) yield* readLog(task, hasEnded);
    if (hasEnded) {
      yield* told.end(task);
      return;
    }
    if (task.deadlineAt <= clock()) {
      await tasks.expire(key, clock());
      continue;
    }
    if (!wasQueuedAgain && isAbandoned(task, ports.hostStartedAt, clock())) {
      wasQueuedAgain = true;
      await ports.queues.enqueue([toQueuedTask(task)]);
    }
    const longest = task.status === 'queued' ? longestQueuedPauseMs : longestPauseMs;
    pauseMs = Math.min(pauseMs, longest);
    await ports.sleep(pauseMs);
    pauseMs *= 1.5;
  }
}

/** A look that may be a second old costs half; the end, and a row that does not show yet, are read for certain. */
async function look(key: TaskKey, tasks: FollowTaskPorts['tasks']): Promise<Task> {
  const [seen] = await tasks.getMany([key]);
  if (seen && !isFinal(seen.status)) return seen;
  const task = await tasks.get(key);
  if (!task) throw taskNotFound(key.taskId);
  return task;
}
