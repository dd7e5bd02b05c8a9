import type { CircuitBreaker } from '../circuit-breaker/circuit-breaker.ts';
import { computeCost } from '../providers/compute-cost.ts';
import { findModel } from '../providers/find-model.ts';
import type { Provider } from '../providers/provider.ts';
import type { ResultCache } from '../result-cache/result-cache.ts';
import { buildMessages } from '../task-types/build-messages.ts';
import type { JsonSchemas } from '../task-types/json-schemas.ts';
import { resultSchemaFor, type TaskType } from '../task-types/task-type.ts';
import type { Task, TaskInput, TaskResult } from '../tasks/task.ts';
import type { AttemptOutcome, RunAttempt } from './attempt.ts';
import { decideAfterFailure } from './decide-after-failure.ts';
import type { ChatRequest, LanguageModel } from './language-model.ts';
import { asProviderFailure, ProviderFailure } from './provider-failure.ts';
import { requestStructuredOutput } from './request-structured-output.ts';

export interface AttemptTools {
  provider: Provider;
  languageModel: LanguageModel;
  schemas: JsonSchemas;
  taskTypes: ReadonlyMap<string, TaskType>;
  cache: ResultCache;
  cacheTtlMs: number;
  breaker: CircuitBreaker;
  now: () => number;
  random: () => number;
  /** Told of what went wrong beside the attempt (health or cache not written), and of every failure of a call. */
  report?: (event: AttemptReport) => void;
}

type AttemptReport =
  | { kind: 'call_failed'; failure: ProviderFailure }
  | { kind: 'not_recorded'; cause: unknown };

/** One attempt at a claimed task: asks the provider, checks the answer, and says what is to be done next. */
export function createRunAttempt(tools: AttemptTools): RunAttempt {
  return async (task, input, signal) => {
    const { provider, breaker, now } = tools;
    try {
      const { result, holdBackMs } = await askForResult(tools, task, input, signal);
      await settle(tools, [
        breaker.recordSuccess(provider.name, now(), holdBackMs),
        task.cacheKey ? tools.cache.store(task.cacheKey, result, now() + tools.cacheTtlMs) : undefined,
      ]);
      return { kind: 'completed', result };
    } catch (error) {
      if (signal.aborted) {
        await settle(tools, [releaseFlight(tools, task), breaker.releaseProbe(provider.name, now())]);
        throw signal.reason;
      }
      return endFailed(tools, task, asProviderFailure(error));
    }
  };
}

async function endFailed(tools: AttemptTools, task: Task, failure: ProviderFailure): Promise<AttemptOutcome> {
  const { provider, breaker, now, random } = tools;
  tools.report?.({ kind: 'call_failed', failure });
  await settle(tools, [breaker.recordFailure(provider.name, failure, now()), releaseFlight(tools, task)]);
  return decideAfterFailure(task, failure, now(), random());
}

async function askForResult(
  tools: AttemptTools,
  task: Task,
  input: TaskInput,
  signal: AbortSignal,
): Promise<{ result: TaskResult; holdBackMs: number | undefined }> {
  const { provider, languageModel, schemas, now } = tools;
  const type = tools.taskTypes.get(task.type);
  if (!type) throw new ProviderFailure('refused', `The task type ${task.type} is no longer configured`);
  const model = findModel(provider, task.model);
  const schema = resultSchemaFor(type, input);
  const request: ChatRequest = {
    model: task.model,
    messages: buildMessages(type, input, !asksBySchema(provider, model.refuses)),
    temperature: task.config.temperature ?? type.temperature,
    maxTokens: task.config.maxTokens,
    responseSchema: schema,
    signal,
  };
  const startedAt = now();
  const reply = schema
    ? await requestStructuredOutput(languageModel, schemas, request, schema)
    : await languageModel.complete(request);
  const result: TaskResult = {
    content: reply.content,
    ...('data' in reply ? { data: reply.data } : {}),
    finishReason: reply.finishReason,
    cached: false,
    usage: reply.usage,
    costUsd: computeCost(model, reply.usage),
    latencyMs: now() - startedAt,
  };
  return { result, holdBackMs: reply.holdBackMs };
}

/** Whether the request itself carries the schema; else the prompt must. */
function asksBySchema(provider: Provider, refuses: readonly string[]): boolean {
  return provider.structuredOutput === 'json_schema' && !refuses.includes('response_format');
}

async function releaseFlight(tools: AttemptTools, task: Task): Promise<void> {
  if (task.cacheKey) await tools.cache.release(task.cacheKey, task.taskId);
}

/** An answer that was paid for is not lost because its health or cache entry could not be written. */
async function settle(tools: AttemptTools, writes: (Promise<void> | undefined)[]): Promise<void> {
  for (const outcome of await Promise.allSettled(writes))
    if (outcome.status === 'rejected') tools.report?.({ kind: 'not_recorded', cause: outcome.reason });
}
