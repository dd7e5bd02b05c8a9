import type { Task } from './task.ts';
import type { ListedTask, PageBudget } from './task-store.ts';
import { toWireTask } from './task-wire.ts';

/**
 * Lambda hands over 6 MB of answer, as JSON text in a member of a JSON text:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html. Pages stay well below.
 */
const longestAnswerBytes = 5_500_000;
const pageBytes = 4_500_000;
/** Of these, for results: so much is left for the tasks themselves that a page of 100 is seldom cut. */
const resultBytes = 3_500_000;

/** Bytes of a value in an answer of a function: every quote and backslash of its JSON is escaped once more. */
function answerBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(value)));
}

/** A single task as it is answered: without a result that alone is too large, which no model writes. */
export function fitAnswer(task: Task): ListedTask {
  return task.result && answerBytes(toWireTask(task)) > longestAnswerBytes ? withoutResult(task) : task;
}

function withoutResult(task: Task): ListedTask {
  return { ...task, result: null, resultOmitted: true };
}

/** Leaves out the results for which a page has no room, and ends it where there is none for a task either. */
export function createPageBudget(): PageBudget {
  let used = 0;
  const hasRoom = () => used < resultBytes;
  return {
    hasRoom,
    take(task: Task): ListedTask | undefined {
      if (task.result && task.resultKey === null && hasRoom()) {
        const whole = answerBytes(toWireTask(task));
        if (used + whole <= pageBytes) {
          used += whole;
          return task;
        }
      }
      const bare = task.result ? withoutResult(task) : task;
      const size = answerBytes(toWireTask(bare));
      if (used > 0 && used + size > pageBytes) return undefined;
      used += size;
      return bare;
    },
  };
}
