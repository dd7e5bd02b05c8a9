import { createJsonSchemas } from '../../adapters/json-schemas.ts';
import { createLanguageModel } from '../../adapters/language-models.ts';
import { taskTypes } from '../../config/task-types.ts';
import { createRunAttempt } from '../../core/attempts/run-attempt.ts';
import type { Provider } from '../../core/providers/provider.ts';
import { makeTask } from '../../test/make-task.ts';
import type { SampleTask } from './sample-tasks.ts';

export interface Run {
  type: string;
  language: string;
  isValid: boolean;
  /** One, or two where the first answer was not valid. */
  calls: number;
  /** Faults of the answer that the service put right itself. */
  repairs: number;
  promptTokens: number;
  completionTokens: number;
  /** Why there is no result; null: there is. */
  error: string | null;
  answer: unknown;
}

/** Runs a task as a worker does, without what lies around it. */
export function createTaskRunner(options: {
  provider: Provider;
  baseUrl: string;
  model: string;
  maxTokens: number;
}) {
  const { provider, baseUrl, model, maxTokens } = options;
  const common = { now: Date.now, random: Math.random };
  const runAttempt = createRunAttempt({
    ...common,
    provider,
    languageModel: createLanguageModel({ ...common, provider, baseUrl, readKey: async () => undefined }),
    schemas: createJsonSchemas(),
    taskTypes,
    isEnabled: () => true,
    contextWindow: () => undefined,
  });

  return async ({ type, language, prompt, data }: SampleTask): Promise<Run> => {
    const config = { maxRetries: 0, failover: false, strategy: 'balanced', maxTokens } as const;
    const task = makeTask({ type, model, provider: provider.name, config, deadlineAt: Date.now() + 600_000 });
    let calls = 1;
    const beforeRepair = async () => {
      calls += 1;
    };
    const signal = AbortSignal.timeout(600_000);
    const { outcome, usage } = await runAttempt(task, { prompt: prompt ?? null, data }, signal, beforeRepair);
    const result = outcome.kind === 'completed' ? outcome.result : undefined;
    const repairs = (result as { repairs?: unknown[] } | undefined)?.repairs;
    return {
      type,
      language,
      isValid: result !== undefined,
      calls,
      repairs: repairs?.length ?? 0,
      promptTokens: usage?.promptTokens ?? 0,
      completionTokens: usage?.completionTokens ?? 0,
      error: 'error' in outcome ? outcome.error.message : null,
      answer: result?.data,
    };
  };
}
