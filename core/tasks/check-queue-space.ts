import type { ProviderState } from '../providers/provider-states.ts';
import { ServiceError } from '../service-error.ts';

/** Callers come back after this: long enough that a full queue has moved, short enough that none idles. */
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
      : `${waiting} tasks wait and ${limit} may; ${count} more do not fit now`;
  throw new ServiceError('queue_full', detail, { retryable: true, retryAfter: retryAfterMs });
}
