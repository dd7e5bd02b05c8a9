import type { FieldFault } from '../service-error.ts';
import type { TokenUsage } from '../tasks/task.ts';
import type { ChatChoice, ChatDelta, ChatMessage } from './chat.ts';

export interface ChatRequest {
  model: string;
  messages: readonly ChatMessage[];
  temperature?: number | undefined;
  maxTokens?: number | undefined;
  /** JSON Schema (draft 2020-12) that the answer must satisfy. The provider's definition says how to ask. */
  responseSchema?: Record<string, unknown> | undefined;
  /** Of a caller's own chat: the other members of its body, sent as they came. Its answer is told whole, in `choices`. */
  parameters?: Readonly<Record<string, unknown>> | undefined;
  /** Told of each piece of the answer as it comes. */
  onDelta?: ((delta: ChatDelta) => void) | undefined;
  signal: AbortSignal;
}

export interface ChatReply {
  content: string;
  finishReason: string;
  usage: TokenUsage;
  /** What was done to the model's words to make them `content`; absent: nothing. */
  repairs?: readonly FieldFault[] | undefined;
  /** Of a caller's own chat: every choice, whole. */
  choices?: ChatChoice[] | undefined;
  /** The model that answered, by the provider's name for it; it may be more exact than the one asked for. */
  model?: string | undefined;
  /** The provider's own id of the call, for its support; null where it gives none. */
  providerRequestId: string | null;
  /** Milliseconds until the provider takes another call, where its answer says that a limit is used up. */
  holdBackMs?: number | undefined;
  /** Its `x-ratelimit-*` headers, by name in lower case. */
  rateLimits?: Readonly<Record<string, string>> | undefined;
}

export interface EmbeddingRequest {
  model: string;
  /** Texts, or lists of token numbers, as OpenAI's wire has them. */
  input: unknown;
  /** The other members of the caller's body, such as `dimensions` and `encoding_format`. */
  parameters: Readonly<Record<string, unknown>>;
  signal: AbortSignal;
}

export interface EmbeddingReply {
  /** As OpenAI's wire has them: `{"object":"embedding","index","embedding"}`, numbers or base64 as it was asked for. */
  data: unknown[];
  usage: TokenUsage;
  model?: string | undefined;
  holdBackMs?: number | undefined;
  rateLimits?: Readonly<Record<string, string>> | undefined;
}

/**
 * Calls one provider, once. Throws ProviderFailure of the kind that the provider's answer means. An aborted
 * signal rejects with its reason.
 */
export interface LanguageModel {
  /** With `onDelta` the call is a stream; one that ends before the provider said that it is whole is an `outage`. */
  complete(request: ChatRequest): Promise<ChatReply>;
  /** One vector for each input. */
  embed(request: EmbeddingRequest): Promise<EmbeddingReply>;
}
