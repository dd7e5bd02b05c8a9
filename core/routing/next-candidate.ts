import type { RoutingCandidate, Task } from '../tasks/task.ts';

/** A task that may go elsewhere does so rather than wait longer than this for its provider. */
export const longestWaitBeforeFailoverMs = 5_000;

/** Where a task goes when its provider fails it: the next of its ranking that suits; undefined when failover is off or none is left. */
export function nextCandidate(
  task: Pick<Task, 'provider' | 'routing' | 'config'>,
  suits: (candidate: RoutingCandidate) => boolean,
): RoutingCandidate | undefined {
  if (!task.config.failover || !task.routing) return undefined;
  const { ranking } = task.routing;
  const place = ranking.findIndex((candidate) => candidate.provider === task.provider);
  return ranking.slice(place + 1).find(suits);
}
