import { EventFeed } from './event-feed.ts';
import type { ClientOptions } from './options.ts';
import { pause } from './pause.ts';
import type { ServiceEvent, WebSocketTicket } from './wire.ts';

const finals = new Set(['completed', 'failed', 'cancelled', 'batch.completed']);
/** Between two looks: without events, growing; and with them, in case that one was lost. */
const firstLookMs = 500;
const lastLookMs = 10_000;
const lookWithEventsMs = 30_000;

interface Watched {
  kind: 'task' | 'batch';
  watchers: number;
  /** How often there was news. */
  news: number;
  wakers: Set<() => void>;
}

/**
 * Tells when tasks and batches may have ended. All that is waited for shares one WebSocket, open only meanwhile; whoever
 * waits looks by itself too, often where there is no WebSocket.
 */
export class EndWatcher {
  readonly #client: ClientOptions;
  readonly #getTicket: (signal: AbortSignal) => Promise<WebSocketTicket>;
  readonly #watched = new Map<string, Watched>();
  #feed: EventFeed | undefined;

  constructor(client: ClientOptions, getTicket: (signal: AbortSignal) => Promise<WebSocketTicket>) {
    this.#client = client;
    this.#getTicket = getTicket;
  }

  /** Looks until `isDone`: at once, when an event says so, and from time to time. */
  async until<T>(
    kind: Watched['kind'],
    id: string,
    look: () => Promise<T>,
    isDone: (found: T) => boolean,
    signal?: AbortSignal,
  ): Promise<T> {
    let found = await look();
    if (isDone(found)) return found;
    const watched = this.#add(kind, id);
    try {
      let known = watched.news;
      for (let delay = firstLookMs; ; delay = Math.min(delay * 1.5, lastLookMs)) {
        // What is told during a look may be younger than what it finds.
        if (watched.news === known)
          await this.#wait(watched, this.#feed?.isConnected ? lookWithEventsMs : delay, signal);
        known = watched.news;
        found = await look();
        if (isDone(found)) return found;
      }
    } finally {
      this.#remove(id, watched);
    }
  }

  /** Returns early when there is news. */
  async #wait(watched: Watched, milliseconds: number, signal?: AbortSignal): Promise<void> {
    const timer = new AbortController();
    const woken = new Promise<void>((resolve) => {
      watched.wakers.add(resolve);
      timer.signal.addEventListener('abort', () => watched.wakers.delete(resolve));
    });
    const both = signal ? AbortSignal.any([signal, timer.signal]) : timer.signal;
    const paused = pause(milliseconds, both);
    try {
      await Promise.race([woken, paused]);
    } finally {
      // The pause that was cut off is of no interest to anyone.
      paused.catch(() => {});
      timer.abort();
    }
  }

  #add(kind: Watched['kind'], id: string): Watched {
    const known = this.#watched.get(id);
    if (known) {
      known.watchers += 1;
      return known;
    }
    const watched: Watched = { kind, watchers: 1, news: 0, wakers: new Set() };
    this.#watched.set(id, watched);
    const isFirst = this.#feed === undefined;
    this.#feed ??= this.#createFeed();
    this.#feed.add(kind === 'task' ? [id] : [], kind === 'batch' ? [id] : []);
    if (isFirst) this.#feed.start();
    return watched;
  }

  #remove(id: string, watched: Watched): void {
    watched.watchers -= 1;
    if (watched.watchers > 0) return;
    this.#watched.delete(id);
    if (this.#watched.size > 0) {
      this.#feed?.remove(watched.kind === 'task' ? id : undefined, watched.kind === 'batch' ? id : undefined);
      return;
    }
    this.#feed?.stop();
    this.#feed = undefined;
  }

  #createFeed(): EventFeed {
    return new EventFeed(
      this.#client,
      this.#getTicket,
      { everything: false },
      {
        onEvent: (event) => this.#tell(event),
        // Whoever relied on events looks by itself again.
        onConnection: (isConnected) => {
          if (!isConnected) for (const id of this.#watched.keys()) this.#wake(id);
        },
        // Looking goes on without events, and says what is the matter with an id.
        onRefused: () => {},
      },
    );
  }

  #tell(event: ServiceEvent): void {
    if (!finals.has(event.event_type)) return;
    this.#wake(event.task_id ?? event.batch_id ?? '');
  }

  #wake(id: string): void {
    const watched = this.#watched.get(id);
    if (!watched) return;
    watched.news += 1;
    for (const wake of watched.wakers) wake();
  }
}
