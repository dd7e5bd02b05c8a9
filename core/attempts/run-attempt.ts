import { computeCost } from '../providers/compute-cost.ts';
import { findModel } from '../providers/find-model.ts';
import type { Provider, ProviderModel } from '../providers/provider.ts';
import { buildMessages } from '../task-types/build-messages.ts';
import type { JsonSchemas } from '../task-types/json-schemas.ts';
import { resultSchemaFor, type TaskType } from '../task-types/task-type.ts';
import type { Task, TaskInput, TaskResult } from '../tasks/task.ts';
import type { RunAttempt } from './attempt.ts';
import { decideAfterFailure } from './decide-after-failure.ts';
import type { ChatRequest, LanguageModel } from './language-model.ts';
import { asProviderFailure, ProviderFailure } from './provider-failure.ts';
import { requestStructuredOutput } from './request-structured-output.ts';

export interface AttemptTools {
  provider: Provider;
  languageModel: LanguageModel;
  schemas: JsonSchemas;
  taskTypes: ReadonlyMap<string, TaskType>;
  /** Providers that may take over; one that a deployment removed may not. */
  isEnabled: (provider: string) => boolean;
  now: () => number;
  random: () => number;
}

/** One attempt at a claimed task: asks the provider, checks the answer, and says what is to be done next. */
export function createRunAttempt(tools: AttemptTools): RunAttempt {
  return async (task, input, signal, beforeRepair) => {
    const { provider, now, random } = tools;
    try {
      const { result, holdBackMs } = await askForResult(tools, task, input, signal, beforeRepair);
      const { usage, costUsd } = result;
      return { outcome: { kind: 'completed', result }, usage, costUsd, failure: undefined, holdBackMs };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const failure = asProviderFailure(error);
      const { usage } = failure;
      return {
        outcome: decideAfterFailure(task, failure, tools.isEnabled, now(), random()),
        usage,
        costUsd: usage ? computeCost(findModel(provider, task.model), usage) : 0,
        failure,
        holdBackMs: undefined,
      };
    }
  };
}

async function askForResult(
  tools: AttemptTools,
  task: Task,
  input: TaskInput,
  signal: AbortSignal,
  beforeRepair: (request: ChatRequest) => Promise<void>,
): Promise<{ result: TaskResult; holdBackMs: number | undefined }> {
  const { provider, languageModel, schemas, now } = tools;
  const type = tools.taskTypes.get(task.type);
  if (!type) throw new ProviderFailure('refused', `The task type ${task.type} is no longer configured`);
  const model = findModel(provider, task.model);
  const schema = resultSchemaFor(type, input);
  const request: ChatRequest = {
    model: task.model,
    messages: buildMessages(type, input, !asksBySchema(provider, model)),
    temperature: task.config.temperature ?? type.temperature,
    maxTokens: task.config.maxTokens,
    responseSchema: schema,
    signal,
  };
  const startedAt = now();
  const reply = schema
    ? await requestStructuredOutput(languageModel, schemas, request, schema, beforeRepair)
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
function asksBySchema(provider: Provider, { refuses }: ProviderModel): boolean {
  return provider.structuredOutput === 'json_schema' && !refuses.includes('response_format');
}
