import type { CarryRules } from '../core/scheduling/carried-tasks.ts';
import type { JsonSchemas } from '../core/task-types/json-schemas.ts';
import type { SubmissionRules } from '../core/tasks/prepare-task.ts';
import type { LimitsOf } from '../core/tenants/tenant-limits.ts';
import { checkCallbackUrl } from '../core/webhooks/check-callback-url.ts';
import type { Deployed } from './deployed.ts';
import type { Settings } from './settings.ts';
import { unhurriedLifeMs } from './task-lives.ts';
import { listSubmittedTypes } from './task-types.ts';

/** Where slots or tokens hold tickets back, a ticket is used up by that, and may carry nothing. */
function carryRules({ providers, maxWorkers, typeLimits }: Settings): CarryRules {
  const free = maxWorkers
    ? []
    : providers.filter(
        ({ limitedBySemaphore, tokensPerMinute }) => !limitedBySemaphore && tokensPerMinute === undefined,
      );
  return {
    concurrency: Object.fromEntries(free.map(({ name, concurrencyLimit }) => [name, concurrencyLimit])),
    limitedTypes: Object.keys(typeLimits),
  };
}

/** What this deployment accepts, by its settings, its catalogue and its task types. */
export function createSubmissionRules(
  settings: Settings,
  { providers, ownTypes, routingWeights }: Deployed,
  schemas: JsonSchemas,
  limitsOf: LimitsOf,
): SubmissionRules {
  const enabled = settings.providers.flatMap((provider) => {
    const definition = providers.find(({ name }) => name === provider.name);
    return definition ? [{ definition, settings: provider }] : [];
  });
  return {
    taskTimeoutMs: settings.taskTimeoutMs,
    unhurriedLifeMs: unhurriedLifeMs(settings),
    maxQueueSize: settings.maxQueueSize,
    carrying: carryRules(settings),
    types: listSubmittedTypes(ownTypes),
    enabled,
    weights: routingWeights,
    limitsOf,
    schemas,
    checkCallbackUrl: (url) => checkCallbackUrl(url, settings.webhooks),
  };
}
