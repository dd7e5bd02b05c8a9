import { createHash } from 'node:crypto';
import { canonicalJson } from '../json/canonical-json.ts';
import type { TaskType } from '../task-types/task-type.ts';
import type { TaskConfig, TaskInput } from '../tasks/task.ts';

/** Up to this temperature results are cached by default: two runs of a task differ little. */
export const highestCachedTemperature = 0.3;

/**
 * Names the result of a task, so that an equal task of the same tenant may take it. A hash of tenant, type,
 * prompt, data, schema, sampling and the choice of model; also of the type's instructions, so that changed
 * ones make other keys. Null where the caller switched the cache off, or did not switch it on and the
 * temperature is not low.
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
    chat: input.chat,
    embedding: input.embedding,
    temperature,
    maxTokens: config.maxTokens,
    provider: config.provider,
    model: config.model,
    // It has no say where the provider or the model is pinned.
    strategy: config.provider || config.model ? undefined : config.strategy,
  });
  return createHash('sha256').update(identity).digest('base64url');
}
