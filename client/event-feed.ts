import type { ClientOptions } from './options.ts';
import { pause, retryDelay } from './pause.ts';
import { LlmServiceError } from './service-error.ts';
import { type DeltaFrame, type SocketFrame, subscribeMessages } from './socket-frames.ts';
import { Subscriber } from './subscriber.ts';
import type { ServiceEvent, WebSocketTicket } from './wire.ts';

export interface FeedHooks {
  /** Each event once, and none older than one that was told of the same task. */
  onEvent(event: ServiceEvent): void;
  onDelta?(delta: DeltaFrame): void;
  /** True: subscribed, and all that was missed has been told. */
  onConnection?(isConnected: boolean): void;
  /** More was missed than the service replays: list the tasks. */
  onGap?(): void;
  /** Subscribing was refused for good, or there is no WebSocket. The feed has ended, unless single ids are `not_found`. */
  onRefused(error: LlmServiceError): void;
}

export interface FeedOptions {
  /** Events of the whole tenant; else of the ids that are added. */
  everything: boolean;
  /** From when on events are told that were missed; ISO time. */
  since?: string | undefined;
  deltas?: boolean | undefined;
}

/** Versions that are remembered, to drop what comes twice. */
const mostVersions = 50_000;

/** Events over a WebSocket that is opened again whenever it ends; what was missed meanwhile is asked for. */
export class EventFeed {
  readonly #getTicket: (signal: AbortSignal) => Promise<WebSocketTicket>;
  readonly #client: ClientOptions;
  readonly #hooks: FeedHooks;
  readonly #options: FeedOptions;
  readonly #taskIds = new Set<string>();
  readonly #batchIds = new Set<string>();
  readonly #versions = new Map<string, number>();
  readonly #stopped = new AbortController();
  #subscriber: Subscriber | undefined;
  #isConnected = false;
  /** Everything up to here was received. */
  #since: string | undefined;
  #youngest = '';

  constructor(
    client: ClientOptions,
    getTicket: (signal: AbortSignal) => Promise<WebSocketTicket>,
    options: FeedOptions,
    hooks: FeedHooks,
  ) {
    this.#client = client;
    this.#getTicket = getTicket;
    this.#options = options;
    this.#hooks = hooks;
    this.#since = options.since ?? (options.everything ? new Date().toISOString() : undefined);
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  start(): void {
    void this.#run();
  }

  add(taskIds: readonly string[], batchIds: readonly string[]): void {
    for (const id of taskIds) this.#taskIds.add(id);
    for (const id of batchIds) this.#batchIds.add(id);
    this.#subscriber?.subscribe(...subscribeMessages(taskIds, batchIds, this.#messageOptions(undefined)));
  }

  remove(taskId: string | undefined, batchId: string | undefined): void {
    if (taskId) this.#taskIds.delete(taskId);
    if (batchId) this.#batchIds.delete(batchId);
    this.#subscriber?.unsubscribe({
      ...(taskId && { task_ids: [taskId] }),
      ...(batchId && { batch_ids: [batchId] }),
    });
  }

  stop(): void {
    this.#stopped.abort();
    this.#subscriber?.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        const wasConnected = await this.#connect(signal);
        if (wasConnected) tries = 0;
        this.#tellConnection(false);
        await pause(retryDelay(tries), signal);
      } catch (error) {
        if (signal.aborted) return;
        if (isLasting(error)) {
          this.#stopped.abort();
          this.#hooks.onRefused(error);
          return;
        }
        await pause(retryDelay(tries, 500), signal).catch(() => {});
      }
    }
  }

  /** Until the connection ends. Answers whether it was one at all. */
  async #connect(signal: AbortSignal): Promise<boolean> {
    const { ticket, url } = await this.#getTicket(signal);
    const WebSocket = this.#client.WebSocket ?? globalThis.WebSocket;
    const socket = new WebSocket(`${this.#client.wsUrl ?? url}?ticket=${encodeURIComponent(ticket)}`);
    let wasConnected = false;
    const subscriber = new Subscriber(socket, {
      json: this.#client.json ?? JSON,
      onFrame: (frame) => this.#receive(frame),
      onRefused: ({ code, message }) =>
        this.#hooks.onRefused(
          new LlmServiceError(message, { status: 0, code: code as LlmServiceError['code'] }),
        ),
      onConfirmed: (isGap) => {
        wasConnected = true;
        if (isGap) this.#hooks.onGap?.();
        if (subscriber.isConfirmed) this.#tellConnection(true);
      },
    });
    this.#subscriber = subscriber;
    const closed = subscriber.closed();
    subscriber.subscribe(...this.#subscriptions());
    if (signal.aborted) socket.close();
    await closed;
    this.#subscriber = undefined;
    return wasConnected;
  }

  #subscriptions() {
    if (this.#options.everything)
      return [{ action: 'subscribe' as const, ...this.#messageOptions(this.#since) }];
    // Of what is named the present state is asked for: a batch that came between two connections has no `since`.
    return subscribeMessages(
      [...this.#taskIds],
      [...this.#batchIds],
      this.#messageOptions(this.#options.since),
    );
  }

  #messageOptions(since: string | undefined) {
    return { ...(since && { since }), ...(this.#options.deltas && { deltas: true as const }) };
  }

  #receive(frame: SocketFrame): void {
    if (frame.event_type === 'delta') this.#hooks.onDelta?.(frame);
    if (!('version' in frame)) return;
    const id = frame.task_id ?? frame.batch_id;
    if (id === null || frame.version <= (this.#versions.get(id) ?? 0)) return;
    // The one that was told longest ago is forgotten first.
    this.#versions.delete(id);
    this.#versions.set(id, frame.version);
    if (this.#versions.size > mostVersions) this.#versions.delete(this.#versions.keys().next().value ?? '');
    if (frame.timestamp > this.#youngest) this.#youngest = frame.timestamp;
    // During a replay younger events come before older ones.
    if (this.#isConnected && this.#subscriber?.isConfirmed) this.#advance();
    this.#hooks.onEvent(frame);
  }

  #tellConnection(isConnected: boolean): void {
    if (isConnected) this.#advance();
    if (this.#isConnected === isConnected) return;
    this.#isConnected = isConnected;
    this.#hooks.onConnection?.(isConnected);
  }

  #advance(): void {
    // Also below what this machine's clock said at first.
    if (this.#youngest !== '') this.#since = this.#youngest;
  }
}

/** What another try will not mend: there is no WebSocket, or this caller may not have one. */
function isLasting(error: unknown): error is LlmServiceError {
  return (
    error instanceof LlmServiceError && error.status >= 400 && error.status < 500 && error.status !== 429
  );
}
