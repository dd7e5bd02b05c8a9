import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** What a client subscribes to; nothing named: everything of the tenant. */
export interface SubscribedIds {
  taskIds: string[];
  batchIds: string[];
}

interface Frame {
  event_type: string;
  event_id?: string;
  task_id?: string | null;
  batch_id?: string | null;
  status?: string;
  version?: number;
  timestamp?: string;
  complete?: boolean;
  since?: string;
}

/** A subscription that is not confirmed by then is tried on another connection. */
const subscribeMs = 60_000;
const finals = new Set(['completed', 'failed', 'cancelled']);

/** A client like the README's: drops versions it has seen, asks by `since` for what a reconnect missed. */
export class ReconnectingClient {
  readonly ended = new Set<string>();
  readonly completedBatches = new Set<string>();
  /** Milliseconds from the change of the status to the frame; replayed frames left out. */
  readonly latencies: number[] = [];
  frames = 0;
  duplicates = 0;
  /** Frames with a lower version than one seen before; dropped like duplicates. */
  late = 0;
  reconnects = 0;
  /** Replays that the service ended early and that were asked for again. */
  incomplete = 0;
  /** Told of each status of a task or batch that is newer than those seen before. */
  onStatus: ((subject: string, status: string) => void) | undefined;
  readonly #versions = new Map<string, number>();
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #ids: SubscribedIds;
  #socket: WebSocket | undefined;
  #since: string;
  /** Timestamp of the youngest event. `#since` becomes it only while no event in between can be missing. */
  #youngest = '';
  #replaying = false;
  #stopped = false;

  constructor(url: string, token: string | undefined, ids: SubscribedIds, since: string) {
    this.#url = url;
    this.#headers = token ? { authorization: `Bearer ${token}` } : {};
    this.#ids = ids;
    this.#since = since;
  }

  /** Resolves when the subscription is confirmed, and with it the replay received. */
  async connect(): Promise<void> {
    for (let delay = 200; !this.#stopped; delay = Math.min(delay * 2, 5_000)) {
      try {
        await this.#open();
        return;
      } catch {
        await sleep(delay);
      }
    }
  }

  /** Subscribes to one more batch from now on. */
  subscribeToBatch(id: string): void {
    this.#ids.batchIds.push(id);
    this.#replaying = true;
    this.#socket?.send(JSON.stringify({ action: 'subscribe', batch_ids: [id], since: this.#since }));
  }

  /** Drops the connection, in half of the cases without closing it, and connects again within a second. */
  async reconnect(): Promise<void> {
    this.reconnects += 1;
    const socket = this.#socket;
    socket?.removeAllListeners('close');
    if (Math.random() < 0.5) socket?.terminate();
    else socket?.close();
    await sleep(Math.random() * 1_000);
    await this.connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#socket?.removeAllListeners('close');
    this.#socket?.terminate();
  }

  #open(): Promise<void> {
    const socket = new WebSocket(this.#url, { headers: this.#headers });
    this.#socket = socket;
    let established = false;
    return new Promise((resolve, reject) => {
      socket.on('error', reject);
      const impatience = setTimeout(() => socket.terminate(), subscribeMs);
      const subscribe = () => {
        this.#replaying = true;
        const { taskIds: task_ids, batchIds: batch_ids } = this.#ids;
        socket.send(JSON.stringify({ action: 'subscribe', task_ids, batch_ids, since: this.#since }));
      };
      socket.on('open', subscribe);
      socket.on('message', (data) => {
        // MiniStack sends what a route's function returns, here nothing.
        if (String(data) === '') return;
        const frame = JSON.parse(String(data)) as Frame;
        if (frame.event_type !== 'subscribed') return this.#receive(frame);
        if (!frame.complete) {
          this.incomplete += 1;
          if (frame.since) this.#since = frame.since;
          return subscribe();
        }
        this.#replaying = false;
        this.#advance();
        established = true;
        clearTimeout(impatience);
        resolve();
      });
      // The service closed it, or was restarted.
      socket.on('close', () => {
        clearTimeout(impatience);
        reject(new Error('closed'));
        if (established && !this.#stopped && this.#socket === socket) void this.reconnect();
      });
    });
  }

  #receive(frame: Frame): void {
    const { task_id, batch_id, version = 0, status = '', timestamp = '' } = frame;
    const subject = task_id ?? batch_id;
    if (!subject) return;
    this.frames += 1;
    const seen = this.#versions.get(subject) ?? 0;
    if (version < seen) this.late += 1;
    if (version === seen) this.duplicates += 1;
    if (version <= seen) return;
    this.#versions.set(subject, version);
    this.onStatus?.(subject, status);
    if (timestamp > this.#youngest) this.#youngest = timestamp;
    if (!this.#replaying) {
      this.#advance();
      this.latencies.push(Date.now() - Date.parse(timestamp));
    }
    if (frame.event_type === 'batch.completed') this.completedBatches.add(subject);
    else if (finals.has(status)) this.ended.add(subject);
  }

  #advance(): void {
    if (this.#youngest > this.#since) this.#since = this.#youngest;
  }
}
