// What `llm-service/client` exports.
export {
  type CallOptions,
  type Client,
  createClient,
  isFinal,
  type ListQuery,
  type SubmitOptions,
} from './create-client.ts';
export type { FollowOptions } from './follow-events.ts';
export type { ClientOptions } from './options.ts';
export { type ErrorCode, LlmServiceError } from './service-error.ts';
export type { DeltaFrame } from './socket-frames.ts';
export type { StreamEvent } from './stream-answer.ts';
export type * from './wire.ts';
