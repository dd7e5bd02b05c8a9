import type { JsonSchemas } from '../core/task-types/json-schemas.ts';
import type { SubmissionRules } from '../core/tasks/prepare-task.ts';
import { checkCallbackUrl } from '../core/webhooks/check-callback-url.ts';
import { findProvider } from './providers.ts';
import { routingWeights } from './routing.ts';
import type { Settings } from './settings.ts';
import { submittedTypes } from './task-types.ts';

/** What this deployment accepts, by its settings, the catalogue and the task types. */
export function createSubmissionRules(settings: Settings, schemas: JsonSchemas): SubmissionRules {
  const enabled = settings.providers.flatMap((provider) => {
    const definition = findProvider(provider.name);
    return definition ? [{ definition, settings: provider }] : [];
  });
  return {
    taskTimeoutMs: settings.taskTimeoutMs,
    maxQueueSize: settings.maxQueueSize,
    types: submittedTypes,
    enabled,
    weights: routingWeights,
    schemas,
    checkCallbackUrl: (url) => checkCallbackUrl(url, settings.webhooks),
  };
}
