import { asCachedResult } from '../result-cache/cached-result.ts';
import type { ResultCache } from '../result-cache/result-cache.ts';
import { runBounded } from '../run-bounded.ts';
import type { TaskResult } from '../tasks/task.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import { isInTicket } from './carried-tasks.ts';
import { longestCallMs, messageVisibilityMs } from './hold-times.ts';
import type { TaskMessage } from './task-message.ts';
import type { ReceivedTask, TaskQueues } from './task-queues.ts';
import type { WaitingTask } from './waiting-tasks.ts';

export type Boarding =
  /** Call the provider, then `land` or `release`. `followed`: others have followed, so that it may be one of them. */
  | { kind: 'leads'; followed: boolean }
  | { kind: 'hit'; result: TaskResult }
  /** Its message is hidden; whoever made the call ends it. */
  | { kind: 'follows' }
  /** Another leads, and it cannot follow: it has no message. */
  | { kind: 'busy' };

/** Equal tasks at once make one call: the first leads, the others follow and are ended by its worker. */
export interface Flights {
  board(received: ReceivedTask): Promise<Boarding>;
  /** The same for a task without a message. */
  boardNow(message: TaskMessage): Promise<Exclude<Boarding, { kind: 'follows' }>>;
  renew(message: TaskMessage): Promise<void>;
  /** Keeps the result for equal tasks; answers how many follow. */
  land(message: TaskMessage, result: TaskResult): Promise<number>;
  /** Ends those who follow with the result that was kept. */
  endFollowers(cacheKey: string): Promise<void>;
  /** There is no result: the first of those who follow may call. */
  release(message: TaskMessage): Promise<void>;
}

const followersPerPage = 100;
const followersAtOnce = 16;

export function createFlights(options: {
  provider: string;
  cache: ResultCache;
  cacheTtlMs: number;
  store: Pick<TaskStore, 'completeUnheld'>;
  queues: Pick<TaskQueues, 'setVisibility' | 'deleteMany'>;
  wake: (waiting: WaitingTask) => Promise<void>;
  clock: () => number;
  onError: (error: unknown) => void;
}): Flights {
  const { provider, cache, store, queues, clock } = options;

  async function wakeFirst(cacheKey: string): Promise<void> {
    const [first] = await cache.listFollowers(cacheKey, 1);
    if (!first) return;
    await options.wake(first);
    await cache.removeFollowers(cacheKey, [first]);
  }

  async function boardNow({ cacheKey, taskId }: TaskMessage): ReturnType<Flights['boardNow']> {
    if (cacheKey === null) return { kind: 'leads', followed: false };
    const now = clock();
    const flight = await cache.join(cacheKey, taskId, now, now + messageVisibilityMs);
    return flight.kind === 'leader' ? { kind: 'leads', followed: flight.followed > 0 } : flight;
  }

  return {
    boardNow,

    async board(received) {
      for (;;) {
        const boarding = await boardNow(received.message);
        if (boarding.kind !== 'busy' || isInTicket(received)) return boarding;
        const { cacheKey } = received.message;
        if (cacheKey === null || !(await cache.follow(cacheKey, { provider, received }, clock()))) continue;
        // Longer than any call: what is lost by then shows by itself. It may have been ended already.
        await queues.setVisibility(provider, received, longestCallMs).catch(options.onError);
        return { kind: 'follows' };
      }
    },

    async renew({ cacheKey, taskId }) {
      if (cacheKey === null) return;
      const now = clock();
      await cache.join(cacheKey, taskId, now, now + messageVisibilityMs);
    },

    async land({ cacheKey }, result) {
      return cacheKey === null ? 0 : cache.store(cacheKey, result, clock() + options.cacheTtlMs);
    },

    async endFollowers(cacheKey) {
      for (;;) {
        const result = await cache.read(cacheKey, clock());
        const page = await cache.listFollowers(cacheKey, followersPerPage);
        if (page.length === 0) return;
        if (!result) {
          // Too large to be kept, or kept no longer: they ask for themselves.
          await runBounded(page, followersAtOnce, options.wake);
        } else {
          const cached = asCachedResult(result);
          const ended: WaitingTask[] = [];
          await runBounded(page, followersAtOnce, async (follower) => {
            const ending = await store.completeUnheld(
              follower.received.message,
              cached,
              'equal_task',
              clock(),
            );
            if (ending !== 'held') ended.push(follower);
          });
          await queues.deleteMany(ended);
        }
        await cache.removeFollowers(cacheKey, page);
      }
    },

    async release({ cacheKey, taskId }) {
      if (cacheKey === null) return;
      if ((await cache.release(cacheKey, taskId)) > 0) await wakeFirst(cacheKey);
    },
  };
}
