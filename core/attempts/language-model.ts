import type { TokenUsage } from '../tasks/task.ts';

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

export interface ChatRequest {
  model: string;
  messages: ChatMessage[];
  temperature?: number | undefined;
  maxTokens?: number | undefined;
  /** JSON Schema (draft 2020-12) that the answer must satisfy. The provider's definition says how to ask. */
  responseSchema?: Record<string, unknown> | undefined;
  signal: AbortSignal;
}

export interface ChatReply {
  content: string;
  finishReason: string;
  usage: TokenUsage;
  /** The provider's own id of the call, for its support; null where it gives none. */
  providerRequestId: string | null;
  /** Milliseconds until the provider takes another call, where its answer says that a limit is used up. */
  holdBackMs?: number | undefined;
}

/**
 * Calls one provider, once. Throws ProviderFailure of the kind that the provider's answer means. An aborted
 * signal rejects with its reason.
 */
export interface LanguageModel {
  complete(request: ChatRequest): Promise<ChatReply>;
}
