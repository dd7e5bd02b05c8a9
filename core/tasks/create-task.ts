import { computeCost } from '../providers/compute-cost.ts';
import type { EnabledProvider } from '../providers/enabled-provider.ts';
import { findModel } from '../providers/find-model.ts';
import type { ProviderState } from '../providers/provider-states.ts';
import { createCacheKey } from '../result-cache/cache-key.ts';
import { chooseProvider } from '../routing/choose-provider.ts';
import type { RoutingWeights } from '../routing/routing-request.ts';
import { estimateTokens } from '../task-types/estimate-tokens.ts';
import { resultSchemaFor, type TaskType } from '../task-types/task-type.ts';
import { permitPriority, permits } from '../tenants/check-choice.ts';
import type { LimitsOf } from '../tenants/tenant-limits.ts';
import type { RoutingCandidate, Task, TaskConfig, TaskInput, TokenUsage } from './task.ts';
import type { NewTask } from './task-store.ts';

/** What a new task is called, and when it was submitted. */
export interface TaskIdentity {
  tenant: string;
  taskId: string;
  batchId: string | null;
  batchIndex: number | null;
  now: number;
}

/** Of what a provider is chosen. */
export interface RoutingRules {
  enabled: readonly EnabledProvider[];
  weights: RoutingWeights;
  /** What each tenant may do. */
  limitsOf: LimitsOf;
}

/** What a checked request asks for, in whichever form it came. */
export interface TaskSpecification
  extends Pick<Task, 'priority' | 'metadata' | 'callbackUrl' | 'callbackEvents'> {
  type: TaskType;
  input: TaskInput;
  config: TaskConfig;
  /** From acceptance on. */
  timeoutMs: number;
  /** The caller named the priority, and did not leave it to the service. */
  isPriorityAskedFor: boolean;
}

/** A task that nobody has stored yet, with its provider chosen. Throws `invalid_request`, `forbidden`, `no_provider_available`. */
export function createTask(
  { type, input, config, timeoutMs, isPriorityAskedFor, ...members }: TaskSpecification,
  { now, ...identity }: TaskIdentity,
  rules: RoutingRules,
  states: ReadonlyMap<string, ProviderState>,
): NewTask {
  const limits = rules.limitsOf(identity.tenant);
  const priority = permitPriority(limits, members.priority, isPriorityAskedFor);
  const tokens = estimateTokens(type, input, config.maxTokens);
  const routing = chooseProvider(
    {
      config,
      kind: input.embedding ? 'embedding' : 'chat',
      estimatedTokens: tokens,
      needsStructuredOutput: resultSchemaFor(type, input) !== undefined,
      priority,
      permits: (provider, model) => permits(limits, provider, model),
      timeLeftMs: timeoutMs,
    },
    rules.enabled,
    states,
    rules.weights,
    now,
  );
  const [first] = routing.ranking;
  if (!first) throw new Error('A ranking without a candidate');
  const mostCompletion = config.maxTokens ?? tokens.completion;
  return {
    input,
    estimatedCostUsd: estimateCost(first, rules.enabled, {
      promptTokens: tokens.prompt,
      completionTokens: mostCompletion,
    }),
    task: {
      ...identity,
      ...members,
      priority,
      type: type.name,
      status: 'queued',
      lastEvent: 'queued',
      version: 1,
      createdAt: now,
      startedAt: null,
      completedAt: null,
      deadlineAt: now + timeoutMs,
      attempts: 0,
      providerAttempts: 0,
      failovers: 0,
      revision: 0,
      notBefore: null,
      timeline: [],
      provider: first.provider,
      model: first.model,
      routing,
      config,
      // Charged before the call, so the most that it may use.
      estimatedTokens: tokens.prompt + mostCompletion,
      cacheKey: createCacheKey(identity.tenant, type, input, config),
      result: null,
      resultKey: null,
      error: null,
    },
  };
}

/** At the prices of the candidate's model. */
function estimateCost(
  { provider, model }: RoutingCandidate,
  enabled: readonly EnabledProvider[],
  usage: TokenUsage,
): number {
  const definition = enabled.find(({ definition: { name } }) => name === provider)?.definition;
  return definition ? computeCost(findModel(definition, model), usage) : 0;
}
