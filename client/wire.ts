// Made from the OpenAPI document by `npm run client:types`. Do not edit.

export interface Attempt {
  /** Its number among all attempts of the task. A missing one was lost with its worker. 0: no call was made, since an equal task had the result */
  attempt: number;
  provider: string;
  model: string;
  /**
   * What it waited for last; null: for nothing that is known. - slot: a free slot of its provider or of the service
   * - type_slot: a free slot of its type
   * - requests: the provider's requests a minute
   * - tokens: the provider's tokens a minute
   * - circuit: an open circuit, or a pause that the provider asked for
   * - equal_task: an equal task that was at the provider
   */
  waited_for: 'slot' | 'type_slot' | 'requests' | 'tokens' | 'circuit' | 'equal_task' | null;
  /** When its call began */
  started_at: string;
  /** ISO 8601, UTC, with milliseconds */
  ended_at: string;
  /**
   * - completed: it brought the result
   * - failed: the task failed by it
   * - retrying: it failed, and the task was to be tried again
   * - cancelled: the task was cancelled meanwhile
   * - interrupted: it was cut off: its worker hung, or lost the task
   */
  outcome: 'completed' | 'failed' | 'retrying' | 'cancelled' | 'interrupted';
  /** Of its error; null where there was none */
  code: 'provider_error' | 'provider_auth' | 'provider_quota' | 'content_filtered' | 'invalid_output' | 'timeout' | 'retries_exhausted' | 'no_provider_available' | 'internal' | null;
  /** Null: the provider told nothing */
  usage: {
    prompt_tokens: number;
    completion_tokens: number;
    total_tokens: number;
    /** The provider did not tell all counts: they are estimated from the texts */
    estimated?: true;
  } | null;
  /** Paid for it, whatever came of it */
  cost_usd: number;
}

export interface Batch {
  /** `batch_<uuid>` */
  batch_id: string;
  /** `completed` once every accepted task has ended, in whichever way */
  status: 'processing' | 'completed';
  counts: {
    /** Accepted tasks; those that were refused are not part of the batch */
    total: number;
    queued: number;
    processing: number;
    completed: number;
    failed: number;
    cancelled: number;
  };
  /** When it was accepted */
  created_at: string;
  /** When its last task ended; null before */
  completed_at: string | null;
}

/** Every accepted task of a batch has ended */
export interface BatchEvent {
  /** The same for every copy of the event: drop what was seen. Made of the id and the version */
  event_id: string;
  /** Grows by one with each change of its task or batch. Events come at least once and in any order: drop what is not above the highest version seen */
  version: number;
  /** Time of the change. ISO 8601, UTC, with milliseconds */
  timestamp: string;
  event_type: 'batch.completed';
  task_id: null;
  batch_id: string;
  status: 'completed';
  /** How its tasks ended */
  data: {
    total: number;
    completed: number;
    failed: number;
    cancelled: number;
  };
  error: null;
}

/** A task that does not satisfy its schema is refused by itself, in the answer 202; the batch is refused only for what lies outside of `tasks` or for their number */
export interface BatchRequest {
  tasks: Array<TaskRequest>;
  /** Gets the one event `batch.completed`, under the rules of the `callback_url` of a task. Tasks may have their own */
  callback_url?: string;
}

export interface ConsoleSettings {
  /** Of the WebSocket; `null`: there is none */
  websocket_url: string | null;
  /** Base of `/api/v1/process/stream` and of `/v1/` */
  stream_url: string;
  /** `bearer`: calls need a token */
  authentication: 'none' | 'bearer';
  version: string;
}

export interface Delivery {
  /** Its header `webhook-id` */
  event_id: string;
  event_type: string;
  url: string;
  /**
   * - pending: it was not tried yet, or the last try failed and another one follows
   * - delivered: the receiver answered 2xx
   * - rejected: the receiver answered 410 and is not asked again
   * - dead: the last try failed; the event is kept in the dead-letter queue, from where an operator may replay it
   */
  status: 'pending' | 'delivered' | 'rejected' | 'dead';
  /** Tries so far */
  attempts: number;
  /** Null before the first try */
  last_attempt_at: string | null;
  /** HTTP status of the last answer; null: there was none */
  last_status: number | null;
  /** Why the last try failed, in the service's words; nothing that the receiver said */
  last_error: string | null;
  /** Null where no try follows, and before the first, which is made at once */
  next_attempt_at: string | null;
}

export interface DeliveryList {
  deliveries: Array<Delivery>;
}

export interface Health {
  status: 'ok';
  version: string;
  /** Of the execution environment that answers */
  uptime_seconds: number;
}

/** Problem details (RFC 9457) */
export interface Problem {
  /** Always `about:blank`: `code` says which error it is */
  type: string;
  /** Of the status */
  title: string;
  /** The HTTP status */
  status: number;
  /** For people; its words may change */
  detail: string;
  /**
   * - invalid_request: a header, the query or the body is not as described here, malformed JSON included
   * - unauthenticated: the bearer token is missing or wrong
   * - forbidden: the tenant's limits do not allow this priority, provider or model; or a local host without a token, which serves programs and loopback pages of its machine alone
   * - not_found: there is no such task, batch, provider or path
   * - method_not_allowed: the path has other methods; the header `allow` names them
   * - conflict: the status of the task does not allow this, or an equal batch is under way
   * - payload_too_large: the body has more than 5 MiB, or 6,000,000 bytes as Lambda gets them
   * - idempotency_key_reused: the same `Idempotency-Key` came with another body within 24 hours
   * - rate_limited: the tenant's requests a minute are used up; come back after `retry-after`
   * - queue_full: too many tasks wait; come back after `retry-after`
   * - budget_exceeded: the tenant's budget for the day or the month, by UTC, has no room for it; `detail` says when the next begins
   * - no_provider_available: no provider is enabled
   * - internal: a fault of the service; its cause is only logged. The request may be repeated
   */
  code: 'invalid_request' | 'unauthenticated' | 'forbidden' | 'not_found' | 'method_not_allowed' | 'conflict' | 'payload_too_large' | 'idempotency_key_reused' | 'rate_limited' | 'queue_full' | 'budget_exceeded' | 'no_provider_available' | 'internal';
  /** Finds the request in the logs of the service; not in the errors inside a batch */
  request_id?: string;
  /** The fields at fault, by JSON Pointer (RFC 6901) into the body, or `/<name>` of a query parameter */
  errors?: Array<{
    pointer: string;
    detail: string;
  }>;
}

export interface Provider {
  name: string;
  models: Array<{
    name: string;
    input_usd_per_million_tokens: number;
    output_usd_per_million_tokens: number;
    /** Tokens of prompt and answer together */
    context_window: number;
    /** 0 (worst) to 1 (best), for the strategies `quality` and `balanced` */
    quality: number;
  }>;
  /** The model that is asked where neither the task nor routing names one */
  default_model: string;
  /** False where it is not configured: it gets no task */
  enabled: boolean;
  /** Simultaneous calls, never passed */
  concurrency_limit: number;
}

export interface ProviderStatus {
  name: string;
  /**
   * - healthy: it takes tasks
   * - degraded: it takes tasks, but is held back or fails often
   * - unhealthy: its circuit is open: it takes none for now
   * - disabled: it is not configured
   */
  status: 'healthy' | 'degraded' | 'unhealthy' | 'disabled';
  /** State of its circuit breaker. `open`: it is not called; `half_open`: single calls try whether it is well again */
  circuit: 'closed' | 'open' | 'half_open';
  /** Until when it is held back; null: it is not. However far away that is, single calls ask it again after two minutes at the latest, and the first that succeeds ends the pause */
  blocked_until: string | null;
  /**
   * - circuit_open: its circuit is open
   * - asked_to_wait: the provider itself asked for a pause, as by `Retry-After`
   */
  blocked_reason: 'circuit_open' | 'asked_to_wait' | null;
  /** Tasks that its worker runs now */
  active: number;
  concurrency_limit: number;
  /** Tasks that wait, by priority */
  queued: Record<'high' | 'normal' | 'low', number>;
  /** Calls that ended, since the deployment began to count */
  requests: number;
  /** Of these, calls that failed */
  errors: number;
  /** Over about the last two minutes */
  error_rate: number;
  /** Of successful calls; null while none was measured */
  latency_ms: {
    p50: number | null;
    p95: number | null;
  };
  /** Of all its calls, at the prices of the catalogue */
  cost_usd: number;
  /** Code of the last failed call, as of a task; null: none failed */
  last_error: string | null;
  /** When its numbers last changed; null: never */
  updated_at: string | null;
}

export interface Readiness {
  status: 'ready' | 'not_ready';
  checks: Record<'table' | 'queues' | 'providers', 'ok' | 'failed'>;
}

export interface ReprioritizeRequest {
  /** Which waiting tasks go first. `normal` and `low` get a share of the starts even while urgent work waits */
  priority: 'high' | 'normal' | 'low';
}

export interface Result {
  /** The model's answer as text */
  content: string;
  /** The parsed JSON where the type or `response_schema` asks for JSON, and satisfies its schema; absent otherwise */
  data?: unknown;
  /** What the service put right in the model's answer, each with its place in `data` (a JSON Pointer, '' for the whole); absent where `data` is what the model wrote */
  repairs?: Array<{
    pointer: string;
    detail: string;
  }>;
  /** Why the model stopped: `stop`, `length` (cut off), `tool_calls`, or a word of its provider that means none of these */
  finish_reason: string;
  /** Taken from an equal earlier task; no provider was called */
  cached: boolean;
  /** Tokens as the provider counted them, else estimated; of a cached result, the earlier task's */
  usage: {
    prompt_tokens: number;
    completion_tokens: number;
    total_tokens: number;
    /** The provider did not tell all counts: they are estimated from the texts */
    estimated?: true;
  };
  /** At the prices of `GET /api/v1/providers`; 0 for a cache hit */
  cost_usd: number;
  /** Of the successful provider call; 0 for a cache hit */
  latency_ms: number;
}

/** Why this provider, as decided when the task was accepted */
export interface Routing {
  strategy: 'cost' | 'speed' | 'quality' | 'balanced';
  /** `config.provider` or `config.model` made the choice */
  pinned: boolean;
  /** Best candidate first, one model a provider; failover goes along it */
  ranking: Array<{
    provider: string;
    model: string;
    /** 0 (worst) to 1 (best), by the strategy */
    score: number;
    reasons: {
      /** Estimated cost of the task */
      cost_usd: number;
      /** Estimated wait in the provider's queues */
      wait_ms: number;
      /** Expected duration of the call */
      latency_ms: number;
      /** 0 to 1, from the catalogue */
      quality: number;
      /** Share of recent calls that failed */
      error_rate?: number;
    };
  }>;
  /** Left out, all models of a provider where none is named. Reasons: `circuit_open` (it fails at present), `context_too_small`, `temperature_refused` */
  excluded: Array<{
    provider: string;
    model?: string;
    reason: string;
  }>;
}

export interface Spending {
  /** Attempts that ended. One may be two calls: the second asks for a mended answer */
  calls: number;
  prompt_tokens: number;
  completion_tokens: number;
  cost_usd: number;
}

export interface Stats {
  /** Tasks by their present status */
  tasks: Record<'queued' | 'processing' | 'completed' | 'failed' | 'cancelled', number>;
  /** Tasks submitted, by type */
  by_type: Record<string, number>;
  /** Tasks completed, by provider */
  by_provider: Record<string, number>;
  /** Completed tasks that could share a result: those that did, and those that did not */
  cache: {
    hits: number;
    misses: number;
  };
  /** As `cost_usd` */
  tokens: {
    prompt: number;
    completion: number;
  };
  /** Of every attempt that ended, in whichever way: those that failed, were repeated or cancelled too. What a call used that was cut off is estimated */
  cost_usd: number;
  /** Where it was spent */
  spending: {
    by_provider: Record<string, Spending>;
    /** By `provider/model`; models that the catalogue does not list are `provider/other` */
    by_model: Record<string, Spending>;
    by_type: Record<string, Spending>;
  };
  /** When the first task was counted; null before */
  since: string | null;
}

export interface SubmittedBatch {
  /** `batch_<uuid>` */
  batch_id: string;
  /** Tasks that were accepted */
  accepted: number;
  /** Tasks that were refused, each by itself */
  rejected: number;
  /** In the order of the request: `task_id` and `status` of an accepted task, or `error` */
  tasks: Array<{
    /** Place in the request, from 0 */
    index: number;
    task_id?: string;
    /** `queued` */
    status?: 'queued' | 'processing' | 'completed' | 'failed' | 'cancelled';
    /** Its pointers are into the body of the batch: `/tasks/1/config/timeout` */
    error?: Problem;
  }>;
}

export interface SubmittedTask {
  /** `task_<uuid>` */
  task_id: string;
  /** `queued`, or `completed` where the cache had the result of an equal task */
  status: 'queued' | 'processing' | 'completed' | 'failed' | 'cancelled';
}

export interface Task {
  /** `task_<uuid>` */
  task_id: string;
  /** The batch it came with; null: none */
  batch_id: string | null;
  type: string;
  /** `completed`, `failed` and `cancelled` are final and never change */
  status: 'queued' | 'processing' | 'completed' | 'failed' | 'cancelled';
  priority: 'high' | 'normal' | 'low';
  /** When it was accepted */
  created_at: string;
  /** When its first attempt began; null before */
  started_at: string | null;
  /** When it ended, in whichever way; null before */
  completed_at: string | null;
  /** Attempts begun, over all providers; 0 for a cache hit */
  attempts: number;
  /** Where it waits or runs; of an ended task, the provider that ended it */
  provider: string;
  /** The model that is asked */
  model: string | null;
  routing: Routing | null;
  /** What its attempts cost that have ended, whatever came of them; `result.cost_usd` is that of the last alone. What a call used that was cut off is estimated */
  cost_usd: number;
  /** Null unless the task is completed, and where it was left out or is gone */
  result: Result | null;
  /** The answer would be too large with `result`; in a list: read the task by itself */
  result_omitted?: true;
  /** Null unless the task failed; the error of an attempt that is repeated is not shown */
  error: TaskError | null;
  /** As it was submitted */
  metadata: Record<string, string>;
  /** With `?include=timeline` alone: its attempts that ended, the oldest first, the last ten */
  timeline?: Array<Attempt>;
}

export interface TaskConfig {
  /** Bounds the whole task, from acceptance on and waiting included. A duration (`250ms`, `60s`, `1m30s`, `2h`, `1d`) above 0 and at most the service's own limit (`LLM_TASK_TIMEOUT`, 1h unless configured), which is the default. Past it the task fails with `timeout` */
  timeout?: string;
  /** Whether the result may come from, and go to, the cache of equal tasks. Default: only where the temperature is 0.3 or less */
  cache_enabled?: boolean;
  /** Further attempts at one provider after the first; default: 3. Failover to another provider starts counting anew */
  max_retries?: number;
  /** Pins the provider, by its name in `GET /api/v1/providers`; it must be enabled */
  provider?: string;
  /** Pins the model; without `provider`, at any enabled provider that has it */
  model?: string;
  /** Whether another provider may take over when one fails. Default: true, but false where `provider` or `model` is pinned; with true what is pinned comes first */
  failover?: boolean;
  /** By what a provider is chosen where none is pinned; default: balanced */
  strategy?: 'cost' | 'speed' | 'quality' | 'balanced';
  /** Default: that of the task type, else the provider's own */
  temperature?: number;
  /** Most tokens of the answer; default: the provider's own */
  max_tokens?: number;
  /** JSON Schema (draft 2020-12) that `result.data` must satisfy, in place of that of the type. At most 32,768 characters and 50 levels; each `$ref` within itself (`#…`); regular expressions of up to 200 characters that cannot run for ever */
  response_schema?: Record<string, unknown>;
}

export interface TaskError {
  /**
   * - provider_error: the provider failed, or refused the request
   * - provider_auth: the provider did not accept the service's key
   * - provider_quota: the balance or quota at the provider is used up
   * - content_filtered: the provider's content filter refused the request or the answer
   * - invalid_output: the answer did not satisfy the schema, nor did a second one
   * - timeout: the time of `config.timeout` ended first
   * - retries_exhausted: every attempt allowed failed for a reason that may pass
   * - no_provider_available: reserved: no task ends by it yet
   * - internal: a fault of the service
   */
  code: 'provider_error' | 'provider_auth' | 'provider_quota' | 'content_filtered' | 'invalid_output' | 'timeout' | 'retries_exhausted' | 'no_provider_available' | 'internal';
  /** For people; its words may change */
  message: string;
  /** The provider that failed; null: none had a part */
  provider: string | null;
  /** Whether the same task may succeed when it is submitted again */
  retryable: boolean;
  /** With `invalid_output`: what the model wrote, its first 2,000 characters */
  answer?: string;
}

/** A task changed its status */
export interface TaskEvent {
  /** The same for every copy of the event: drop what was seen. Made of the id and the version */
  event_id: string;
  /** Grows by one with each change of its task or batch. Events come at least once and in any order: drop what is not above the highest version seen */
  version: number;
  /** Time of the change. ISO 8601, UTC, with milliseconds */
  timestamp: string;
  /** What happened. `retrying`: an attempt failed and another one follows, here or at another provider */
  event_type: 'queued' | 'processing' | 'retrying' | 'completed' | 'failed' | 'cancelled';
  task_id: string;
  /** The batch it came with; null: none */
  batch_id: string | null;
  /** Of the task, after the change */
  status: 'queued' | 'processing' | 'completed' | 'failed' | 'cancelled';
  /** The result of a completed task, else null. Absent with `data_omitted` */
  data?: Result | null;
  /** The event would pass 28 KiB, or its result is stored apart for its size: read the task */
  data_omitted?: true;
  /** Null unless the task failed */
  error: TaskError | null;
}

export interface TaskPage {
  tasks: Array<Task>;
  /** For `cursor`; null: this was the last page */
  next_cursor: string | null;
}

export interface TaskRequest {
  /**
   * What to do:
   * - semantic_analysis (Semantic analysis): needs `data`, or a `prompt` that brings it; `result.data` is `SemanticAnalysisData`
   * - data_cleaning (Data cleaning): needs `data`, or a `prompt` that brings it; `result.data` is `DataCleaningData`
   * - category_match (Category match): needs `data`, or a `prompt` that brings it; `result.data` is `CategoryMatchData`
   * - text_summarization (Text summarization): needs `data`, or a `prompt` that brings it; `result.data` is `TextSummarizationData`
   * - translation (Translation): needs `data`, or a `prompt` that brings it; `result.data` is `TranslationData`
   * - custom (Custom): needs `prompt`; free text, unless `response_schema` is set
   */
  type: 'semantic_analysis' | 'data_cleaning' | 'category_match' | 'text_summarization' | 'translation' | 'custom' | (string & {});
  /** The caller's own instruction; required for `custom` */
  prompt?: string;
  /** Any JSON: what the task is about, at most 200 levels deep. Every type but `custom` requires it, unless `prompt` brings it */
  data?: unknown;
  /** Which waiting tasks go first. `normal` and `low` get a share of the starts even while urgent work waits */
  priority?: 'high' | 'normal' | 'low';
  config?: TaskConfig;
  /** Where webhooks go. An https URL at port 443 of a public host, without a user name; the configuration may allow more. Its form and a literal address are checked at once, where its name leads at each delivery */
  callback_url?: string;
  /** Events that `callback_url` gets beside the final ones (`completed`, `failed`, `cancelled`), which it always gets */
  callback_events?: Array<'queued' | 'processing' | 'retrying' | 'completed' | 'failed' | 'cancelled'>;
  /** At most 32 members, names of 1 to 64 and values of up to 512 characters. Comes back as it was sent */
  metadata?: Record<string, string>;
}

export interface WebSocketTicket {
  /** Opens one connection, once */
  ticket: string;
  /** Of the WebSocket: connect to it with `?ticket=<ticket>` */
  url: string;
  /** ISO 8601, UTC, with milliseconds */
  expires_at: string;
}

export type ServiceEvent = TaskEvent | BatchEvent;

/** Method and path of each operation. */
export const routes = {
  'submit-task': 'POST /api/v1/tasks',
  'list-tasks': 'GET /api/v1/tasks',
  'get-task': 'GET /api/v1/tasks/{task_id}',
  'cancel-task': 'DELETE /api/v1/tasks/{task_id}',
  'reprioritize-task': 'PATCH /api/v1/tasks/{task_id}',
  'list-deliveries': 'GET /api/v1/tasks/{task_id}/deliveries',
  'submit-batch': 'POST /api/v1/tasks/batch',
  'get-batch': 'GET /api/v1/batches/{batch_id}',
  'list-batch-deliveries': 'GET /api/v1/batches/{batch_id}/deliveries',
  'process-sync': 'POST /api/v1/process/sync',
  'list-providers': 'GET /api/v1/providers',
  'list-provider-statuses': 'GET /api/v1/providers/status',
  'get-provider-status': 'GET /api/v1/providers/{name}/status',
  'get-stats': 'GET /api/v1/stats',
  'get-metrics': 'GET /api/v1/metrics',
  'create-ws-ticket': 'POST /api/v1/ws-tickets',
  'get-health': 'GET /health',
  'get-ready': 'GET /ready',
  'get-openapi': 'GET /openapi.json',
  'get-console-settings': 'GET /console/config.json',
  'process-stream': 'POST /api/v1/process/stream',
} as const;

/** What each operation takes and answers. */
export interface Operations {
  'submit-task': {
    query: undefined;
    body: TaskRequest;
    answer: SubmittedTask;
  };
  'list-tasks': {
    query: {
      /** Only tasks of this status */
      status?: 'queued' | 'processing' | 'completed' | 'failed' | 'cancelled';
      /** Only tasks of this type */
      type?: string;
      /** Only tasks of this batch */
      batch_id?: string;
      /** Most tasks of a page */
      limit?: number;
      /** `next_cursor` of the page before, with the same `batch_id`; opaque. Absent: the first page */
      cursor?: string;
    };
    body: undefined;
    answer: TaskPage;
  };
  'get-task': {
    query: {
      /** `timeline`: what became of each attempt, in `timeline` */
      include?: 'timeline';
    };
    body: undefined;
    answer: Task;
  };
  'cancel-task': {
    query: undefined;
    body: undefined;
    answer: Task;
  };
  'reprioritize-task': {
    query: undefined;
    body: ReprioritizeRequest;
    answer: Task;
  };
  'list-deliveries': {
    query: undefined;
    body: undefined;
    answer: DeliveryList;
  };
  'submit-batch': {
    query: undefined;
    body: BatchRequest;
    answer: SubmittedBatch;
  };
  'get-batch': {
    query: undefined;
    body: undefined;
    answer: Batch;
  };
  'list-batch-deliveries': {
    query: undefined;
    body: undefined;
    answer: DeliveryList;
  };
  'process-sync': {
    query: undefined;
    body: TaskRequest;
    answer: Task;
  };
  'list-providers': {
    query: undefined;
    body: undefined;
    answer: {
      providers: Array<Provider>;
    };
  };
  'list-provider-statuses': {
    query: undefined;
    body: undefined;
    answer: {
      providers: Array<ProviderStatus>;
    };
  };
  'get-provider-status': {
    query: undefined;
    body: undefined;
    answer: ProviderStatus;
  };
  'get-stats': {
    query: undefined;
    body: undefined;
    answer: Stats;
  };
  'get-metrics': {
    query: undefined;
    body: undefined;
    answer: string;
  };
  'create-ws-ticket': {
    query: undefined;
    body: undefined;
    answer: WebSocketTicket;
  };
  'get-health': {
    query: undefined;
    body: undefined;
    answer: Health;
  };
  'get-ready': {
    query: undefined;
    body: undefined;
    answer: Readiness;
  };
  'get-openapi': {
    query: undefined;
    body: undefined;
    answer: Record<string, unknown>;
  };
  'get-console-settings': {
    query: undefined;
    body: undefined;
    answer: ConsoleSettings;
  };
  'process-stream': {
    query: undefined;
    body: TaskRequest;
    answer: string;
  };
}

