import { computeCost } from '../providers/compute-cost.ts';
import { findModel } from '../providers/find-model.ts';
import type { Provider, ProviderModel } from '../providers/provider.ts';
import type { FieldFault } from '../service-error.ts';
import { askForJson, buildMessages } from '../task-types/build-messages.ts';
import type { JsonSchemas } from '../task-types/json-schemas.ts';
import { resultSchemaFor, type TaskType } from '../task-types/task-type.ts';
import type { Task, TaskInput, TaskResult, TokenUsage } from '../tasks/task.ts';
import type { ChatChoice, ChatDelta, ChatMessage } from './chat.ts';
import type { ChatReply, ChatRequest, LanguageModel } from './language-model.ts';
import { ProviderFailure } from './provider-failure.ts';
import { cutOffFailure, isCutOff } from './read-answer.ts';
import { requestStructuredOutput } from './request-structured-output.ts';

export interface ResultTools {
  provider: Provider;
  languageModel: LanguageModel;
  schemas: JsonSchemas;
  taskTypes: ReadonlyMap<string, TaskType>;
  now: () => number;
}

export interface ResultRequest {
  task: Task;
  input: TaskInput;
  signal: AbortSignal;
  beforeRepair: (request: ChatRequest) => Promise<void>;
  onDelta: ((delta: ChatDelta) => void) | undefined;
}

/** What a provider answered, and what it said of the calls to come. */
export interface AnsweredResult extends Pick<ChatReply, 'holdBackMs' | 'rateLimits'> {
  result: TaskResult;
}

/** A reply in what all forms of it have. */
type Reply = Pick<ChatReply, 'content' | 'finishReason' | 'holdBackMs' | 'rateLimits'> & {
  usage: TokenUsage;
  data?: unknown;
  repairs?: readonly FieldFault[] | undefined;
  choices?: ChatChoice[] | undefined;
  model?: string | undefined;
};

/** Asks for a task's result as its input wants it: a chat of the caller, vectors, or what its type asks for. */
export async function askForResult(tools: ResultTools, request: ResultRequest): Promise<AnsweredResult> {
  const { task, input } = request;
  const model = findModel(tools.provider, task.model);
  const startedAt = tools.now();
  const reply = await ask(tools, request, model);
  const result: TaskResult = {
    content: reply.content,
    ...('data' in reply ? { data: reply.data } : {}),
    ...(reply.repairs?.length && { repairs: [...reply.repairs] }),
    finishReason: reply.finishReason,
    cached: false,
    usage: reply.usage,
    costUsd: computeCost(model, reply.usage),
    latencyMs: tools.now() - startedAt,
    ...(input.chat && reply.choices?.some(saysMore) && { choices: reply.choices }),
    ...((input.chat || input.embedding) &&
      reply.model &&
      reply.model !== task.model && { model: reply.model }),
  };
  return { result, holdBackMs: reply.holdBackMs, rateLimits: reply.rateLimits };
}

function ask(tools: ResultTools, request: ResultRequest, model: ProviderModel): Promise<Reply> {
  const { input } = request;
  if (input.chat) return askChat(tools, request, input.chat, model);
  if (input.embedding) return askEmbedding(tools, request, input.embedding);
  return askByType(tools, request, model);
}

function askChat(
  { languageModel, provider }: ResultTools,
  { task, signal, onDelta }: ResultRequest,
  { messages, parameters }: NonNullable<TaskInput['chat']>,
  model: ProviderModel,
): Promise<Reply> {
  return languageModel.complete({
    model: task.model,
    messages: messagesFor(provider, model, messages, parameters.response_format),
    temperature: task.config.temperature,
    maxTokens: task.config.maxTokens,
    parameters,
    onDelta,
    signal,
  });
}

/** The caller's messages, with the JSON that they ask for in words where the request cannot ask for it. */
function messagesFor(
  provider: Provider,
  model: ProviderModel,
  messages: readonly ChatMessage[],
  format: unknown,
): readonly ChatMessage[] {
  const { type, json_schema: named } = (format ?? {}) as {
    type?: unknown;
    json_schema?: { schema?: unknown };
  };
  if (type === 'json_schema' && !asksBySchema(provider, model)) return askForJson(messages, named?.schema);
  const knowsJson = provider.structuredOutput !== 'prompt' && !model.refuses.includes('response_format');
  return type === 'json_object' && !knowsJson ? askForJson(messages) : messages;
}

async function askEmbedding(
  { languageModel }: ResultTools,
  { task, signal }: ResultRequest,
  { input, parameters }: NonNullable<TaskInput['embedding']>,
): Promise<Reply> {
  const reply = await languageModel.embed({ model: task.model, input, parameters, signal });
  return { ...reply, content: '', finishReason: 'stop' };
}

function askByType(
  { provider, languageModel, schemas, taskTypes }: ResultTools,
  { task, input, signal, beforeRepair, onDelta }: ResultRequest,
  model: ProviderModel,
): Promise<Reply> {
  const type = taskTypes.get(task.type);
  if (!type) throw new ProviderFailure('refused', `The task type ${task.type} is no longer configured`);
  const schema = resultSchemaFor(type, input);
  const mends = type.mends === true && schema !== input.responseSchema;
  const request: ChatRequest = {
    model: task.model,
    messages: buildMessages(type, input, provider.promptsSchema || !asksBySchema(provider, model)),
    temperature: task.config.temperature ?? type.temperature,
    maxTokens: task.config.maxTokens,
    responseSchema: schema,
    onDelta,
    signal,
  };
  return schema
    ? requestStructuredOutput(languageModel, schemas, request, { schema, mends }, beforeRepair)
    : askForText(languageModel, request);
}

/** A text in which the model says nothing, because it came to the end of its room before, is none. */
async function askForText(languageModel: LanguageModel, request: ChatRequest): Promise<Reply> {
  const reply = await languageModel.complete(request);
  const isEmpty = reply.content.trim() === '';
  if (isEmpty && isCutOff(reply)) throw cutOffFailure(reply, request.maxTokens, "The model's answer");
  if (isEmpty && reply.repairs?.length)
    throw new ProviderFailure('invalid_output', 'The model wrote thoughts and no answer', {
      usage: reply.usage,
    });
  return reply;
}

/** Whether the request itself carries the schema; else the prompt must. */
function asksBySchema(provider: Provider, { refuses }: ProviderModel): boolean {
  return provider.structuredOutput === 'json_schema' && !refuses.includes('response_format');
}

/** Whether there is more to a choice than the text and the end of the first one, which a result has beside it. */
function saysMore({ index, message, logprobs }: ChatChoice): boolean {
  const { role: _role, content: _content, ...others } = message;
  const isSaid = (value: unknown) => value !== null && value !== undefined && !isEmptyList(value);
  return index > 0 || isSaid(logprobs) || Object.values(others).some(isSaid);
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
