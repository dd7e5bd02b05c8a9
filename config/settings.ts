import * as z from 'zod';

/** Of a webhook's tries; SQS hides a message for at most 12 h. */
export const longestDelayMs = 12 * 3_600_000;

/** One enabled provider of a deployment: what differs from its catalogue definition. */
export const ProviderSettings = z.strictObject({
  name: z.string(),
  concurrencyLimit: z.int().min(1).max(1000),
  requestsPerMinute: z.int().positive().optional(),
  tokensPerMinute: z.int().positive().optional(),
  baseUrl: z.url().optional(),
  /** LOCAL_LLM_MODEL: of a server that may run any model, the only ones to use, the first by default. */
  models: z.array(z.string().min(1)).min(1).optional(),
  /** SSM parameter that holds the API key; absent where the provider needs none. */
  keyParameter: z.string().optional(),
  /** Lambda's concurrency cannot hold the limit, so the table of slots does: see config/worker-plan.ts. */
  limitedBySemaphore: z.boolean().default(false),
});
export type ProviderSettings = z.infer<typeof ProviderSettings>;

/**
 * What synth decides for every function, and its bundle has (config/deployed.ts). Durations are milliseconds.
 */
export const Settings = z.strictObject({
  stage: z.string().regex(/^[a-z][a-z0-9-]{0,15}$/),
  version: z.string(),
  providers: z.array(ProviderSettings).min(1),
  /** LLM_TASK_TIMEOUT: default of config.timeout, and its upper bound. */
  taskTimeoutMs: z.int().positive(),
  /** LLM_MAX_QUEUE_SIZE. */
  maxQueueSize: z.int().positive(),
  /** LLM_MAX_WORKERS: simultaneous calls over all providers; null: only the providers' own limits. */
  maxWorkers: z.int().positive().nullable(),
  /** Simultaneous calls by task type, from the configuration's file and LLM_TYPE_LIMITS. */
  typeLimits: z.record(z.string(), z.int().positive()).default({}),
  tasksPerInvocation: z.int().min(1).max(10).default(1),
  /** LLM_SLOTS_KEPT_FOR_SYNC: of each provider's limit, so much is not for tickets. Below every limit. */
  slotsKeptForSync: z.int().min(0).default(0),
  /** One ticket in n, by its id, looks into `low` first; of the others one in n into `normal`. 0: none. */
  lowFirstEvery: z.int().min(0).default(8),
  normalFirstEvery: z.int().min(0).default(8),
  /** Finished tasks are kept this long. */
  retentionMs: z.int().positive(),
  cacheTtlMs: z.int().positive(),
  /** No authentication: the local host without LLM_AUTH_TOKEN, or the context `open=true` on AWS. */
  open: z.boolean(),
  /** LLM_ENABLE_WEBSOCKET. */
  webSocket: z.boolean().default(true),
  webhooks: z.strictObject({
    allowHttp: z.boolean(),
    /** Loopback and private networks too, at any port. */
    allowPrivate: z.boolean(),
    /** Ports beside 443 (and 80 with allowHttp). */
    allowedPorts: z.array(z.int().min(1).max(65_535)).optional(),
    /**
     * Milliseconds before each try, the first without effect; as many tries as members. Default:
     * core/webhooks/retry-delays.ts.
     */
    retryDelaysMs: z.array(z.int().min(0).max(longestDelayMs)).min(1).max(20).optional(),
  }),
  /** What becomes of a task whose caller reads its answer as a stream, and goes away, where that is noticed. */
  whenClientLeaves: z.enum(['cancel', 'finish']).default('cancel'),
  /** Event types put on the bus; empty: none. */
  busEvents: z.array(z.string()),
});
export type Settings = z.infer<typeof Settings>;
