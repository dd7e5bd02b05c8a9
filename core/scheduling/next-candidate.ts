import type { RoutingCandidate, Task } from '../task.ts';

/** A task never goes round: after so many failovers it stays where it is. */
export const mostHops = 4;

/** The best candidate after the present provider in the task's ranking; undefined when it may not or cannot move. */
export function nextCandidate(task: Task): RoutingCandidate | undefined {
  if (!task.config.failover || task.hops >= mostHops) return undefined;
  const ranking = task.routing?.ranking ?? [];
  const here = ranking.findLastIndex(({ provider }) => provider === task.provider);
  return ranking.slice(here + 1).find(({ provider }) => provider !== task.provider);
}
