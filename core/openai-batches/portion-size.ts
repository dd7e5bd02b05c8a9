import type { ProviderState } from '../providers/provider-states.ts';
import type { OpenaiBatch } from './openai-batch.ts';

/** Lines of a batch that wait or run at once: enough that no provider runs dry between two looks. */
const mostUnderWay = 1_000;
/** Of one portion. */
const mostTaken = 250;

/**
 * How many lines of a batch may become tasks now. A batch has a quarter of `LLM_MAX_QUEUE_SIZE` at most, and all batches together leave
 * half of it to others. A few are not worth a portion: 0 then.
 */
export function portionFor(
  { total, work }: Pick<OpenaiBatch, 'total' | 'work'>,
  unended: number,
  states: ReadonlyMap<string, ProviderState>,
  maxQueueSize: number,
): number {
  const rest = total - work.nextLine;
  const underWay = Math.max(1, Math.min(mostUnderWay, Math.floor(maxQueueSize / 4)));
  let waiting = 0;
  for (const { queued } of states.values()) waiting += queued.high + queued.normal + queued.low;
  const free = Math.max(1, Math.floor(maxQueueSize / 2)) - waiting;
  const room = Math.min(rest, underWay - unended, free, mostTaken);
  return room >= Math.min(rest, Math.ceil(underWay / 4)) ? room : 0;
}
