import * as z from 'zod';
import { readDeployedSettings } from './deployed-settings.ts';
import type { Settings } from './settings.ts';

/**
 * Every environment variable that a function may be given, and the settings. A function picks what it needs
 * (`Environment.pick`), and lib sets variables of these names only. AWS's own variables (region, endpoint,
 * credentials) are read by the SDK.
 */
export const Environment = z.object({
  /** No variable: the bundle has them, since 4 KB would not. */
  SETTINGS: z.custom<Settings>(),
  TASK_TABLE: z.string().min(1),
  STATE_TABLE: z.string().min(1),
  PAYLOAD_BUCKET: z.string().min(1),
  /** Files of OpenAI's clients. */
  FILE_BUCKET: z.string().min(1),
  /** Before `<provider>-<priority>` or `<provider>-tickets`: Lambda's 4 KB do not hold every queue's URL. */
  QUEUE_URL_PREFIX: z.url(),
  /** Before a provider's name: the name of its worker, for functions that invoke it. */
  WORKER_FUNCTION_PREFIX: z.string().min(1),
  /** Name of the function that goes on with the batches of OpenAI's clients. */
  BATCH_FUNCTION: z.string().min(1),
  WEBHOOK_QUEUE_URL: z.url(),
  /** Where what a channel of events did not take waits. */
  SHARE_QUEUE_URL: z.url(),
  EVENT_BUS: z.string().min(1),
  /** Endpoint of the WebSocket API's `@connections`; absent where LLM_ENABLE_WEBSOCKET is false. */
  CONNECTIONS_URL: z.url().optional(),
  /** URL of the WebSocket, which POST /api/v1/ws-tickets answers; relative where the HTTP API has that address too. */
  WEBSOCKET_URL: z.url().or(z.literal('/ws')),
  /** Base of what is streamed; relative as well. */
  STREAM_URL: z.url().or(z.literal('/')),
  /** SSM parameter with the bearer token. */
  AUTH_PARAMETER: z.string().min(1),
  /** SSM parameter with the webhook signing secrets. */
  WEBHOOK_SECRET_PARAMETER: z.string().min(1),
  /** The provider a worker serves. */
  PROVIDER: z.string().min(1),
  /** Epoch ms, set by the local host alone: leases from before belong to a process that has ended. */
  LOCAL_HOST_STARTED_AT: z.coerce.number().default(0),
});
export type Environment = z.infer<typeof Environment>;

/** Parses the environment by a pick of Environment, with the bundle's settings; throws an Error that names each wrong variable. */
export function readEnvironment<T extends z.ZodType>(
  schema: T,
  source: Record<string, string | undefined>,
): z.infer<T> {
  const parsed = schema.safeParse({ ...source, SETTINGS: readDeployedSettings() });
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The function's environment is wrong: ${faults.join('; ')}`);
}
