import { EventFeed } from './event-feed.ts';
import type { ClientOptions } from './options.ts';
import type { DeltaFrame } from './socket-frames.ts';
import type { ServiceEvent, WebSocketTicket } from './wire.ts';

export interface FollowOptions {
  /** Only events of these; the following ends when all that is named has ended. */
  taskIds?: readonly string[];
  batchIds?: readonly string[];
  /** Also pieces of the answers as they are written, of what is named. */
  deltas?: boolean;
  /** Begins with what changed since then; an ISO time. */
  since?: string;
  /** Ends the following. */
  signal?: AbortSignal;
  /** True: connected, and nothing is missing; false: connecting again, after which what was missed is told. */
  onConnection?: (isConnected: boolean) => void;
  /** More was missed than the service replays: list the tasks. */
  onGap?: () => void;
}

const finals = new Set(['completed', 'failed', 'cancelled', 'batch.completed']);

/** Events as they come, over connections that are renewed. Throws LlmServiceError where there is no WebSocket. */
export async function* followEvents(
  client: ClientOptions,
  getTicket: (signal: AbortSignal) => Promise<WebSocketTicket>,
  options: FollowOptions,
): AsyncGenerator<ServiceEvent | DeltaFrame, void, undefined> {
  const { taskIds = [], batchIds = [], signal } = options;
  const open = new Set([...taskIds, ...batchIds]);
  const everything = open.size === 0;
  const queue: (ServiceEvent | DeltaFrame)[] = [];
  let wake = () => {};
  let failure: unknown;
  const fail = (error: unknown) => {
    failure ??= error;
    wake();
  };
  const push = (event: ServiceEvent | DeltaFrame) => {
    queue.push(event);
    wake();
  };
  const feed = new EventFeed(
    client,
    getTicket,
    { everything, since: options.since, deltas: options.deltas },
    {
      onEvent: push,
      onDelta: push,
      onRefused: fail,
      ...(options.onConnection && { onConnection: options.onConnection }),
      ...(options.onGap && { onGap: options.onGap }),
    },
  );
  const stop = () => fail(signal?.reason);
  signal?.throwIfAborted();
  signal?.addEventListener('abort', stop);
  try {
    feed.add(taskIds, batchIds);
    feed.start();
    while (everything || open.size > 0) {
      const event = queue.shift();
      if (event) {
        yield event;
        if (finals.has(event.event_type) && 'version' in event)
          open.delete(event.task_id ?? event.batch_id ?? '');
      } else if (signal?.aborted) return;
      else if (failure) throw failure;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    feed.stop();
  }
}
