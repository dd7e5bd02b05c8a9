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
  /** A JSON Schema (draft 2020-12) that the answer must satisfy; how it is asked for is a matter of the provider's definition. */
  responseSchema?: Record<string, unknown> | undefined;
  signal: AbortSignal;
}

export interface ChatReply {
  content: string;
  finishReason: string;
  usage: TokenUsage;
  /** The provider's own id of the call, for its support; null where it gives none. */
  providerRequestId: string | null;
  /** Milliseconds until the provider takes another call, where it says with its answer that a limit is used up. */
  holdBackMs?: number | undefined;
}

/**
 * One provider, spoken to. Throws ServiceError with a task error code, `retryable` and `retryAfter` decided from
 * what the provider said, and `cause` kept; an aborted signal rejects with the signal's reason.
 */
export interface LanguageModel {
  complete(request: ChatRequest): Promise<ChatReply>;
}
