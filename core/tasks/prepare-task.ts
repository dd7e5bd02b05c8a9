import { parseDuration } from '../duration.ts';
import { invalidRequest, parseRequest } from '../parse-request.ts';
import type { ProviderState } from '../providers/provider-states.ts';
import type { CarryRules } from '../scheduling/carried-tasks.ts';
import type { FieldFault } from '../service-error.ts';
import { checkTaskInput } from '../task-types/check-task-input.ts';
import type { JsonSchemas } from '../task-types/json-schemas.ts';
import type { TaskType } from '../task-types/task-type.ts';
import { createTask, type RoutingRules, type TaskIdentity } from './create-task.ts';
import type { Priority, TaskConfig, TaskInput } from './task.ts';
import { TaskRequest } from './task-request.ts';
import { defaultMaxRetries } from './task-request-config.ts';
import type { NewTask } from './task-store.ts';

/** What this deployment accepts. */
export interface SubmissionRules extends RoutingRules {
  taskTimeoutMs: number;
  /** From acceptance to the deadline of a task for which nobody waits. */
  unhurriedLifeMs: number;
  maxQueueSize: number;
  carrying: CarryRules;
  types: ReadonlyMap<string, TaskType>;
  schemas: JsonSchemas;
  /** Why a callback URL is refused by its form or literal address; undefined when it is not. */
  checkCallbackUrl: (url: string) => string | undefined;
}

/**
 * Checks one submitted task and chooses its provider. Throws ServiceError `invalid_request`,
 * `forbidden`, `no_provider_available`.
 *
 * @param unnamedPriority of a task that names none
 */
export async function prepareTask(
  body: unknown,
  identity: TaskIdentity,
  rules: SubmissionRules,
  states: ReadonlyMap<string, ProviderState>,
  unnamedPriority: Priority = 'normal',
): Promise<NewTask> {
  refuseTooMany(body);
  const request = parseRequest(TaskRequest, body);
  const isPriorityAskedFor = (body as Partial<TaskRequest>).priority !== undefined;
  const input = toInput(request);
  const type = rules.types.get(request.type);
  const faults = [
    ...findFaults(request, rules),
    ...(type ? await checkTaskInput(type, input, rules.schemas) : []),
  ];
  if (!type || faults.length > 0) throw invalidRequest(faults);

  return createTask(
    {
      type,
      input,
      config: toTaskConfig(request.config),
      priority: isPriorityAskedFor ? request.priority : unnamedPriority,
      isPriorityAskedFor,
      timeoutMs: parseDuration(request.config.timeout ?? '') ?? rules.taskTimeoutMs,
      metadata: request.metadata,
      callbackUrl: request.callback_url ?? null,
      callbackEvents: request.callback_events ?? null,
    },
    identity,
    rules,
    states,
  );
}

/** Members of a part of a request that may have no more than a few dozen. */
const mostMembers = 100;

/** The schema would find a fault in each of a hundred thousand members, which takes seconds. */
function refuseTooMany(body: unknown): void {
  if (typeof body !== 'object' || body === null) return;
  const { metadata, callback_events } = body as Partial<Record<keyof TaskRequest, unknown>>;
  for (const [name, part] of Object.entries({ metadata, callback_events }))
    if (typeof part === 'object' && part !== null && Object.keys(part).length > mostMembers)
      throw invalidRequest([{ pointer: `/${name}`, detail: `has more than ${mostMembers} members` }]);
}

function toInput({ prompt, data, config }: TaskRequest): TaskInput {
  return {
    prompt: prompt ?? null,
    ...(data === undefined ? {} : { data }),
    ...(config.response_schema && { responseSchema: config.response_schema }),
  };
}

function findFaults(request: TaskRequest, rules: SubmissionRules): FieldFault[] {
  const faults: FieldFault[] = [];
  const known = () => [...rules.types.keys()].join(', ');
  if (!rules.types.has(request.type))
    faults.push({ pointer: '/type', detail: `is not one of the known types: ${known()}` });
  faults.push(...timeoutFaults(request.config.timeout, rules.taskTimeoutMs));
  const refusal =
    request.callback_url === undefined ? undefined : rules.checkCallbackUrl(request.callback_url);
  if (refusal !== undefined) faults.push({ pointer: '/callback_url', detail: refusal });
  if (request.callback_events && request.callback_url === undefined)
    faults.push({ pointer: '/callback_events', detail: 'needs a callback_url' });
  return faults;
}

export function timeoutFaults(timeout: string | undefined, limit: number): FieldFault[] {
  if (timeout === undefined) return [];
  const milliseconds = parseDuration(timeout);
  if (milliseconds !== undefined && milliseconds > 0 && milliseconds <= limit) return [];
  return [{ pointer: '/config/timeout', detail: `must be above 0 and at most ${limit} ms` }];
}

function toTaskConfig(config: TaskRequest['config']): TaskConfig {
  const pinned = config.provider !== undefined || config.model !== undefined;
  return {
    cacheEnabled: config.cache_enabled,
    maxRetries: config.max_retries ?? defaultMaxRetries,
    provider: config.provider,
    model: config.model,
    failover: config.failover ?? !pinned,
    strategy: config.strategy ?? 'balanced',
    temperature: config.temperature,
    maxTokens: config.max_tokens,
  };
}
