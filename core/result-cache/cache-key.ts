import { createHash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import type { TaskType } from '../task-types/task-type.ts';
import type { TaskConfig, TaskInput } from '../tasks/task.ts';

/** Up to this temperature two runs of a task are near enough to be one. */
export const highestCachedTemperature = 0.3;

/**
 * Names the result of a task, so that an equal task of the same tenant may take it: a hash over tenant, type (its
 * instructions included: a changed template asks anew), prompt, data, schema, sampling and the choice of model.
 * Null where results are not to be shared: switched off by the caller, or neither switched on nor of a low temperature.
 */
export function createCacheKey(
  tenant: string,
  type: TaskType,
  input: TaskInput,
  config: TaskConfig,
): string | null {
  const temperature = config.temperature ?? type.temperature;
  const isSteady = temperature !== undefined && temperature <= highestCachedTemperature;
  if (!(config.cacheEnabled ?? isSteady)) return null;
  const identity = canonicalJson({
    tenant,
    type: type.name,
    instructions: type.instructions,
    schema: input.responseSchema ?? (typeof type.resultSchema === 'function' ? null : type.resultSchema),
    prompt: input.prompt,
    data: input.data,
    temperature,
    maxTokens: config.maxTokens,
    provider: config.provider,
    model: config.model,
    // With a pin it chooses nothing.
    strategy: config.provider || config.model ? undefined : config.strategy,
  });
  return createHash('sha256').update(identity).digest('base64url');
}
