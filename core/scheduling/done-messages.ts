import { isInTicket } from './carried-tasks.ts';
import type { ReceivedTask, TaskQueues } from './task-queues.ts';

/** Messages of tasks that need no worker any more. Of one environment: calls that run side by side share requests. */
export interface DoneMessages {
  /** Deletes it with others, in some seconds or by `flush`. One that shows again meanwhile is passed over by who gets it. */
  add(received: ReceivedTask): void;
  /** Deletes what is left. To be awaited before an invocation ends: timers stop with it. */
  flush(): Promise<void>;
}

/** As many as one request of SQS deletes. */
const mostTogether = 10;
/** Far less than a message stays hidden after its lease was renewed last. */
const longestKeptMs = 5_000;

export function createDoneMessages(options: {
  provider: string;
  queues: Pick<TaskQueues, 'deleteMany'>;
  /** A message that could not be deleted shows again, and is passed over. */
  onError: (error: unknown) => void;
}): DoneMessages {
  const { provider, queues, onError } = options;
  let kept: ReceivedTask[] = [];
  let timer: NodeJS.Timeout | undefined;
  const underWay = new Set<Promise<void>>();

  function send(): void {
    clearTimeout(timer);
    timer = undefined;
    if (kept.length === 0) return;
    const list = kept.map((received) => ({ provider, received }));
    kept = [];
    const sent = queues
      .deleteMany(list)
      .catch(onError)
      .then(() => void underWay.delete(sent));
    underWay.add(sent);
  }

  return {
    add(received) {
      // It goes with its ticket.
      if (isInTicket(received)) return;
      kept.push(received);
      if (kept.length >= mostTogether) send();
      else timer ??= setTimeout(send, longestKeptMs);
    },
    async flush() {
      send();
      await Promise.all(underWay);
    },
  };
}
