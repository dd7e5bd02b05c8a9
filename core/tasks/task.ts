import type { ChatChoice, ChatMessage } from '../attempts/chat.ts';
import type { FieldFault, TaskErrorCode } from '../service-error.ts';

export const priorities = ['high', 'normal', 'low'] as const;
export type Priority = (typeof priorities)[number];

export const taskStatuses = ['queued', 'processing', 'completed', 'failed', 'cancelled'] as const;
export type TaskStatus = (typeof taskStatuses)[number];

export const finalStatuses = ['completed', 'failed', 'cancelled'] as const;
export type FinalStatus = (typeof finalStatuses)[number];

export const taskEventTypes = [
  'queued',
  'processing',
  'retrying',
  'completed',
  'failed',
  'cancelled',
] as const;
export type TaskEventType = (typeof taskEventTypes)[number];

export const strategies = ['cost', 'speed', 'quality', 'balanced'] as const;
export type Strategy = (typeof strategies)[number];

/** A task is named by its tenant and its id together. */
export interface TaskKey {
  tenant: string;
  taskId: string;
}

/** What the caller asked for beside prompt and data; absent members take the service's defaults. */
export interface TaskConfig {
  cacheEnabled?: boolean | undefined;
  maxRetries: number;
  /** Pinned by the caller; undefined lets the service choose. */
  provider?: string | undefined;
  model?: string | undefined;
  failover: boolean;
  strategy: Strategy;
  temperature?: number | undefined;
  maxTokens?: number | undefined;
  /**
   * The caller reads the answer as it is written. `restarts`: an attempt that breaks off may be followed by another, whose
   * answer begins anew; `kept`: the same, and its pieces are kept as long as its result; `once`: what was told cannot be
   * taken back, so that the first piece of it ends all repeats.
   */
  stream?: 'restarts' | 'kept' | 'once' | undefined;
}

/** Why this provider: stored when the choice is made, shown to the caller as `routing`. */
export interface RoutingDecision {
  strategy: Strategy;
  pinned: boolean;
  /** Providers and models, best first. A failover goes to the next. */
  ranking: RoutingCandidate[];
  /**
   * Left out: a model, or all of a provider. Reasons: `circuit_open`, `context_too_small`,
   * `temperature_refused`.
   */
  excluded: { provider: string; model?: string; reason: string }[];
}

export interface RoutingCandidate {
  provider: string;
  model: string;
  /** 0 (worst) to 1 (best). */
  score: number;
  reasons: { cost_usd: number; wait_ms: number; latency_ms: number; quality: number; error_rate?: number };
}

export interface TokenUsage {
  promptTokens: number;
  completionTokens: number;
  /** Of the prompt tokens, those that the provider had in its own cache; absent where it names none. */
  cachedPromptTokens?: number;
  /** Of the completion tokens, those of its thoughts; absent where it names none. */
  reasoningTokens?: number;
  /** A count that the provider did not tell is a guess of the service. */
  estimated?: true;
}

export interface TaskResult {
  content: string;
  /** Parsed JSON where the type or the caller's schema asks for JSON; absent otherwise. */
  data?: unknown;
  /** What was put right in the model's answer, with places in `data`; absent: nothing. */
  repairs?: FieldFault[] | undefined;
  finishReason: string;
  cached: boolean;
  usage: TokenUsage;
  costUsd: number;
  /** Milliseconds of the successful provider call; 0 for a cache hit. */
  latencyMs: number;
  /** Of a caller's own chat: every choice as OpenAI's wire has it, where there is more to them than `content` says. */
  choices?: ChatChoice[] | undefined;
  /** The model that answered, where its provider names one more exactly. */
  model?: string | undefined;
}

export interface TaskError {
  code: TaskErrorCode;
  message: string;
  provider: string | null;
  retryable: boolean;
  /** The beginning of what the model wrote, where its answer is what failed. */
  answer?: string | undefined;
}

export const attemptOutcomes = ['completed', 'failed', 'retrying', 'cancelled', 'interrupted'] as const;

/** One attempt, kept on the task: what was tried, what came of it, what it cost. Times are epoch milliseconds. */
export interface AttemptRecord {
  attempt: number;
  provider: string;
  model: string;
  /** What it waited for last before it started; null: for nothing. */
  waitedFor: WaitReason | null;
  startedAt: number;
  endedAt: number;
  outcome: (typeof attemptOutcomes)[number];
  /** Of the error; null where there was none. */
  code: TaskErrorCode | null;
  /** Null: the provider told nothing. */
  usage: TokenUsage | null;
  costUsd: number;
}

export const waitReasons = ['slot', 'type_slot', 'requests', 'tokens', 'circuit', 'equal_task'] as const;
export type WaitReason = (typeof waitReasons)[number];

/** A task, all of it that may change. Times are epoch milliseconds. */
export interface Task extends TaskKey {
  batchId: string | null;
  /** Place in its batch, 0–999; null outside a batch. */
  batchIndex: number | null;
  type: string;
  status: TaskStatus;
  /** The event of the last change of status; `version` grows by one with each. */
  lastEvent: TaskEventType;
  version: number;
  priority: Priority;
  createdAt: number;
  startedAt: number | null;
  completedAt: number | null;
  /** When the status last changed; absent on a task that was never stored. */
  changedAt?: number | undefined;
  /** When the task fails by `timeout`, whether it waits or runs. */
  deadlineAt: number;
  /** Attempts begun. The number is also the fencing token of the attempt's worker. */
  attempts: number;
  /** Attempts at the present provider (reset by a failover). */
  providerAttempts: number;
  /** Times it went to another provider. */
  failovers: number;
  /** Raised by each change of priority: a message with an older one is stale. */
  revision: number;
  /** Epoch ms before which it is not to be tried again, as its provider or the back-off asked. */
  notBefore: number | null;
  /** Of a processing task: until when its worker holds it, epoch ms. */
  leaseUntil?: number | undefined;
  /** Of a processing task: no message in a queue stands for it, since somebody handed it to its worker and waits. */
  unqueued?: boolean | undefined;
  /** Somebody reads its answer over a WebSocket as it is written. */
  listened?: boolean | undefined;
  /** Its last attempts, the oldest first. */
  timeline: AttemptRecord[];
  /** What the attempts cost that are kept no more; absent: nothing. */
  earlierCostUsd?: number | undefined;
  /** Of a task that another's call ended: what it waited for. Its timeline has no attempt to say it. */
  waitedFor?: WaitReason | undefined;
  /** The provider in whose queues it waits or whose worker runs it; of a finished task, the one that ended it. */
  provider: string;
  model: string;
  routing: RoutingDecision | null;
  config: TaskConfig;
  /** Estimated prompt + completion tokens, for rate limits and routing. */
  estimatedTokens: number;
  /** USD that were reserved for it from its tenant's budget; absent: the tenant had none. */
  reservedUsd?: number | undefined;
  cacheKey: string | null;
  result: TaskResult | null;
  /** Key of the whole result where it is too large for the row; `result` then lacks content and data. */
  resultKey: string | null;
  error: TaskError | null;
  metadata: Record<string, string>;
  callbackUrl: string | null;
  callbackEvents: TaskEventType[] | null;
}

/** What the caller handed in, stored apart from the task: it never changes and is never logged. */
export interface TaskInput {
  prompt: string | null;
  data?: unknown;
  responseSchema?: unknown;
  /** A chat as an OpenAI client sent it, in place of all of these. `parameters`: members of its body that config does not hold. */
  chat?: { messages: ChatMessage[]; parameters: Record<string, unknown> } | undefined;
  /** Of a chat that was asked for as a response. */
  response?: ResponseOrigin | undefined;
  /** Texts to make vectors of, likewise. */
  embedding?: { input: unknown; parameters: Record<string, unknown> } | undefined;
}

/** What a response's request says beside its chat. */
export interface ResponseOrigin {
  /** Messages of the chat before its own input: instructions, and what was said in earlier responses. */
  from: number;
  /** The first message is its instructions. */
  instructed: boolean;
  /** Members of its body that the answer repeats. */
  request: Record<string, unknown>;
}

export function isFinal(status: TaskStatus): status is FinalStatus {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** USD of all attempts that ended, whatever came of them; of a task that another's call ended 0. */
export function costOf({ timeline, earlierCostUsd = 0 }: Pick<Task, 'timeline' | 'earlierCostUsd'>): number {
  const sum = timeline.reduce((total, { costUsd }) => total + costUsd, earlierCostUsd);
  // To a billionth of a dollar, as each of them.
  return Math.round(sum * 1e9) / 1e9;
}
