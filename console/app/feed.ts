import type { Signal } from '@preact/signals';
import { pause } from '../../client/pause.ts';
import type { DeltaFrame } from '../../client/socket-frames.ts';
import type { ServiceEvent } from '../../client/wire.ts';
import type { Connection } from './live.ts';
import { client, isUnauthenticated, noteRefusal, token } from './session.ts';

/** Without a WebSocket. */
const lookEveryMs = 5_000;
const noticeMs = 6_000;

/** Every event of the tenant. A connection that was lost is renewed, and what was missed is told. */
export class Feed {
  readonly #take: (event: ServiceEvent | DeltaFrame) => void;
  readonly #connection: Signal<Connection>;
  readonly #notice: Signal<'regained' | 'gap' | undefined>;
  readonly #look: () => void;
  #again = new AbortController();
  #youngest: string | undefined;

  constructor(
    take: (event: ServiceEvent | DeltaFrame) => void,
    connection: Signal<Connection>,
    notice: Signal<'regained' | 'gap' | undefined>,
    look: () => void,
  ) {
    this.#take = take;
    this.#connection = connection;
    this.#notice = notice;
    this.#look = look;
    addEventListener('online', () => this.connectNow());
  }

  /** Does not wait for the next try. */
  connectNow(): void {
    if (this.#connection.value === 'lost') this.#again.abort();
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#connection.value = 'connecting';
    this.#youngest = undefined;
    const used = token.peek();
    while (!signal.aborted) {
      this.#again = new AbortController();
      try {
        await this.#follow(AbortSignal.any([signal, this.#again.signal]), signal);
      } catch (error) {
        if (signal.aborted) return;
        noteRefusal(error, used);
        if (isUnauthenticated(error)) return;
        await this.#lookInstead(signal);
      }
    }
  }

  async #follow(signal: AbortSignal, whole: AbortSignal): Promise<void> {
    const events = client.peek().follow({
      signal,
      ...(this.#youngest && { since: this.#youngest }),
      onConnection: (isConnected) => {
        if (!whole.aborted) this.#tell(isConnected);
      },
      onGap: () => {
        this.#say('gap');
        this.#look();
      },
    });
    for await (const event of events) {
      if ('timestamp' in event && event.timestamp > (this.#youngest ?? '')) this.#youngest = event.timestamp;
      this.#take(event);
    }
  }

  #tell(isConnected: boolean): void {
    const wasLost = this.#connection.value === 'lost';
    this.#connection.value = isConnected ? 'live' : 'lost';
    if (isConnected && wasLost) this.#say('regained');
    // What was there before the first event.
    if (isConnected && !wasLost) this.#look();
  }

  #say(what: 'regained' | 'gap'): void {
    this.#notice.value = what;
    setTimeout(() => {
      if (this.#notice.value === what) this.#notice.value = undefined;
    }, noticeMs);
  }

  /** A deployment may have no WebSocket. */
  async #lookInstead(signal: AbortSignal): Promise<void> {
    this.#connection.value = 'polling';
    while (!signal.aborted) {
      this.#look();
      await pause(lookEveryMs, signal).catch(() => {});
    }
  }
}
