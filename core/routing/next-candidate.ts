import type { RoutingCandidate, Task } from '../tasks/task.ts';

/** A task that may go elsewhere does so rather than wait longer than this for its provider. */
export const longestWaitBeforeFailoverMs = 5_000;

/** Where a task goes when its provider fails it: the next of its ranking; undefined when failover is off or none is left. */
export function nextCandidate(
  task: Pick<Task, 'provider' | 'routing' | 'config'>,
): RoutingCandidate | undefined {
  if (!task.config.failover || !task.routing) return undefined;
  const { ranking } = task.routing;
  const place = ranking.findIndex((candidate) => candidate.provider === task.provider);
  return ranking[place + 1];
}
