import { ServiceError } from '../service-error.ts';
import { type Priority, priorities } from '../tasks/task.ts';
import type { TenantLimits } from './tenant-limits.ts';

/** Whether the tenant's work may go there. */
export function permits({ providers, models }: TenantLimits, provider: string, model: string): boolean {
  const isProvider = providers === undefined || providers.includes(provider);
  const isModel = models === undefined || models.includes(model) || models.includes(`${provider}/${model}`);
  return isProvider && isModel;
}

/**
 * The priority that a task gets. One that was asked for and is too high is refused with `forbidden`; where none was asked for
 * the highest allowed takes its place.
 */
export function permitPriority(
  { highest_priority: highest }: TenantLimits,
  priority: Priority,
  isAskedFor: boolean,
): Priority {
  if (highest === undefined || priorities.indexOf(priority) >= priorities.indexOf(highest)) return priority;
  if (!isAskedFor) return highest;
  throw forbidden('/priority', `may be ${highest} at most`);
}

export function forbidden(pointer: string, detail: string): ServiceError {
  return new ServiceError('forbidden', `This tenant's limits do not allow it: ${pointer} ${detail}`, {
    faults: [{ pointer, detail }],
  });
}
