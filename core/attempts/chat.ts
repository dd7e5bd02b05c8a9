// Chats in the form of OpenAI's wire: https://developers.openai.com/api/reference/resources/chat

/** A message as OpenAI's wire has it. Those of a caller's chat may have any content and further members. */
export interface ChatMessage {
  role: string;
  content?: unknown;
  [member: string]: unknown;
}

/** One that this service wrote. */
export interface TextMessage extends ChatMessage {
  content: string;
}

/**
 * A piece of an answer: the `choices` of one chunk of OpenAI's stream, in one form whatever the provider sends. `role`
 * comes once a choice, `id` and `name` of a tool call once, tool calls are counted from 0, and `finish_reason` is set in
 * the last piece of a choice alone.
 */
export interface ChatDelta {
  choices: ChoiceDelta[];
  /** Before the answer begins, with no choice: the provider's `x-ratelimit-*` headers. */
  rateLimits?: Readonly<Record<string, string>> | undefined;
}

export interface ChoiceDelta {
  index: number;
  delta: { role?: string; content?: string | null; tool_calls?: ToolCallDelta[]; [member: string]: unknown };
  finish_reason: string | null;
  logprobs?: unknown;
}

export interface ToolCallDelta {
  index: number;
  id?: string;
  type?: string;
  function?: { name?: string; arguments?: string };
  [member: string]: unknown;
}

/** One of the answers to a chat, as OpenAI's wire has it. */
export interface ChatChoice {
  index: number;
  message: { role: string; content: string | null; [member: string]: unknown };
  finish_reason: string;
  logprobs?: unknown;
}
