import type { ProviderState } from '../providers/provider-states.ts';
import { ServiceError } from '../service-error.ts';

/** `Retry-After`: long enough for a full queue to move, short enough that it does not run empty. */
const retryAfterMs = 5_000;

/** Throws `queue_full` when `count` more tasks would make more than `limit` wait, over all providers. */
export function checkQueueSpace(
  states: ReadonlyMap<string, ProviderState>,
  count: number,
  limit: number,
): void {
  let waiting = 0;
  for (const { queued } of states.values()) waiting += queued.high + queued.normal + queued.low;
  if (waiting + count <= limit) return;
  const detail =
    count > limit
      ? `${count} tasks are more than the ${limit} that may wait`
      : `${waiting} of at most ${limit} tasks are waiting; ${count} more do not fit now`;
  throw new ServiceError('queue_full', detail, { retryable: true, retryAfter: retryAfterMs });
}
