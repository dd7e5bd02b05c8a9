import { createCallOperation } from './call-operation.ts';
import { EndWatcher } from './end-watcher.ts';
import { type FollowOptions, followEvents } from './follow-events.ts';
import type { ClientOptions } from './options.ts';
import { createSendRequest } from './send-request.ts';
import type { DeltaFrame } from './socket-frames.ts';
import { type StreamEvent, streamAnswer } from './stream-answer.ts';
import type {
  Batch,
  BatchRequest,
  Delivery,
  Health,
  Operations,
  Provider,
  ProviderStatus,
  Readiness,
  ServiceEvent,
  Stats,
  SubmittedBatch,
  SubmittedTask,
  Task,
  TaskPage,
  TaskRequest,
  WebSocketTicket,
} from './wire.ts';

export interface CallOptions {
  /** Gives the call up, with the signal's reason. */
  signal?: AbortSignal | undefined;
}

export interface SubmitOptions extends CallOptions {
  /**
   * The same key answers the same task or batch for 24 h. Default: a new one, so that a lost answer
   * makes no second task; `null`: none, and what is lost is not sent again. A stream always has one.
   */
  idempotencyKey?: string | null | undefined;
}

export type ListQuery = Operations['list-tasks']['query'];

/** Every method but `stream` and `follow` answers a promise; all throw LlmServiceError. */
export interface Client {
  /** Hands in a task. */
  submit(request: TaskRequest, options?: SubmitOptions): Promise<SubmittedTask>;
  /** @param options `include: 'timeline'` adds what became of each attempt */
  get(taskId: string, options?: Operations['get-task']['query'] & CallOptions): Promise<Task>;
  /** One page, newest first. */
  list(query?: ListQuery, options?: CallOptions): Promise<TaskPage>;
  /** Every task of a listing, page by page. */
  listAll(query?: Omit<ListQuery, 'cursor'>, options?: CallOptions): AsyncGenerator<Task, void, undefined>;
  /** Throws `conflict` where the task has ended. */
  cancel(taskId: string, options?: CallOptions): Promise<Task>;
  /** Throws `conflict` where the task runs or has ended. */
  reprioritize(taskId: string, priority: Task['priority'], options?: CallOptions): Promise<Task>;
  /** What became of a task's webhooks. */
  deliveries(taskId: string, options?: CallOptions): Promise<Delivery[]>;
  /** Until the task has ended, whatever way: `status` says which. By events, and by looking where there are none. */
  wait(taskId: string, options?: CallOptions): Promise<Task>;
  /** Hands in 1 to 1,000 tasks. Bad ones are refused by themselves, each with its `error`. */
  submitBatch(request: BatchRequest, options?: SubmitOptions): Promise<SubmittedBatch>;
  getBatch(batchId: string, options?: CallOptions): Promise<Batch>;
  /** What became of the webhook of the batch itself. */
  batchDeliveries(batchId: string, options?: CallOptions): Promise<Delivery[]>;
  /** Until every task of the batch has ended. */
  waitForBatch(batchId: string, options?: CallOptions): Promise<Batch>;
  /** Hands in a task and waits up to 27 s: it may be `queued` or `processing` even then, and goes on. */
  sync(request: TaskRequest, options?: SubmitOptions): Promise<Task>;
  /** Hands in a task and reads its answer as it is written; a stream that breaks off is resumed. */
  stream(request: TaskRequest, options?: SubmitOptions): AsyncGenerator<StreamEvent, void, undefined>;
  /** Goes on with a stream behind one of its events. */
  resumeStream(lastEventId: string, options?: CallOptions): AsyncGenerator<StreamEvent, void, undefined>;
  /** Events as they happen, over a WebSocket that is opened again whenever it ends. */
  follow(options?: FollowOptions): AsyncGenerator<ServiceEvent | DeltaFrame, void, undefined>;
  providers(options?: CallOptions): Promise<Provider[]>;
  providerStatuses(options?: CallOptions): Promise<ProviderStatus[]>;
  providerStatus(name: string, options?: CallOptions): Promise<ProviderStatus>;
  stats(options?: CallOptions): Promise<Stats>;
  /** In the text format of Prometheus. */
  metrics(options?: CallOptions): Promise<string>;
  health(options?: CallOptions): Promise<Health>;
  ready(options?: CallOptions): Promise<Readiness>;
  openapi(options?: CallOptions): Promise<Record<string, unknown>>;
  /** Opens one WebSocket, once; `follow` and `wait` get theirs by themselves. */
  createTicket(options?: CallOptions): Promise<WebSocketTicket>;
}

const finals = new Set(['completed', 'failed', 'cancelled']);

/** Whether a status is one that never changes. */
export function isFinal(status: Task['status']): boolean {
  return finals.has(status);
}

/** A client of the service: in Node 22 or newer, and in browsers. */
export function createClient(options: ClientOptions): Client {
  const send = createSendRequest(options);
  const call = createCallOperation(options, send);
  const getTicket = (signal?: AbortSignal) => call('create-ws-ticket', { repeatable: true, signal });
  const ends = new EndWatcher(options, getTicket);
  const task = (task_id: string) => ({ path: { task_id } });
  const keyed = ({ idempotencyKey = randomKey(), signal }: SubmitOptions = {}) => ({
    ...(idempotencyKey !== null && { headers: { 'idempotency-key': idempotencyKey }, repeatable: true }),
    signal,
  });

  const client: Client = {
    submit: (body, its) => call('submit-task', { body, ...keyed(its) }),
    get: (id, { signal, ...query } = {}) => call('get-task', { ...task(id), query, signal }),
    list: (query = {}, its = {}) => call('list-tasks', { query, ...its }),
    async *listAll(query = {}, its = {}) {
      let cursor: string | undefined;
      do {
        const page = await client.list({ limit: 100, ...query, ...(cursor && { cursor }) }, its);
        yield* page.tasks;
        cursor = page.next_cursor ?? undefined;
      } while (cursor);
    },
    cancel: (id, its = {}) => call('cancel-task', { ...task(id), ...its }),
    reprioritize: (id, priority, its = {}) =>
      call('reprioritize-task', { ...task(id), body: { priority }, ...its }),
    deliveries: async (id, its = {}) => (await call('list-deliveries', { ...task(id), ...its })).deliveries,
    wait: (id, its = {}) =>
      ends.until(
        'task',
        id,
        () => client.get(id, its),
        ({ status }) => isFinal(status),
        its.signal,
      ),
    submitBatch: (body, its) => call('submit-batch', { body, ...keyed(its) }),
    getBatch: (batch_id, its = {}) => call('get-batch', { path: { batch_id }, ...its }),
    batchDeliveries: async (batch_id, its = {}) =>
      (await call('list-batch-deliveries', { path: { batch_id }, ...its })).deliveries,
    waitForBatch: (id, its = {}) =>
      ends.until(
        'batch',
        id,
        () => client.getBatch(id, its),
        ({ status }) => status === 'completed',
        its.signal,
      ),
    sync: (body, its) => call('process-sync', { body, ...keyed(its) }),
    stream: (request, { idempotencyKey, signal } = {}) =>
      streamAnswer(options, send, { request, idempotencyKey: idempotencyKey ?? randomKey() }, signal),
    resumeStream: (lastEventId, { signal } = {}) => streamAnswer(options, send, { lastEventId }, signal),
    follow: (its = {}) => followEvents(options, getTicket, its),
    providers: async (its = {}) => (await call('list-providers', its)).providers,
    providerStatuses: async (its = {}) => (await call('list-provider-statuses', its)).providers,
    providerStatus: (name, its = {}) => call('get-provider-status', { path: { name }, ...its }),
    stats: (its = {}) => call('get-stats', its),
    metrics: (its = {}) => call('get-metrics', its),
    health: (its = {}) => call('get-health', its),
    ready: (its = {}) => call('get-ready', { accepts: [503], ...its }),
    openapi: (its = {}) => call('get-openapi', its),
    createTicket: ({ signal } = {}) => getTicket(signal),
  };
  return client;
}

/** `crypto.randomUUID` is missing in pages that came over plain HTTP. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
