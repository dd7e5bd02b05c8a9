import type { SocketFrame, SubscribeMessage } from './socket-frames.ts';

/** A subscription that is not confirmed by then is tried on another connection. */
const answerWithinMs = 60_000;
const pingEveryMs = 4 * 60_000;
/** What a wrong message would be refused for again. */
const lasting = new Set(['invalid_request', 'not_found', 'forbidden', 'unauthenticated']);

export interface SubscriberHooks {
  /** Every frame but answers to a message of this class. */
  onFrame(frame: SocketFrame): void;
  /** A subscribe was confirmed to the present; or its replay was cut, and nothing says from where to go on. */
  onConfirmed(isGap: boolean): void;
  onRefused(error: { code: string; message: string }): void;
  json: Pick<JSON, 'parse'>;
}

/** One connection: subscribes message by message, each after the answer to the one before, and sees that it is alive. */
export class Subscriber {
  readonly #socket: WebSocket;
  readonly #hooks: SubscriberHooks;
  readonly #waiting: SubscribeMessage[] = [];
  #current: SubscribeMessage | undefined;
  #isOpen = false;
  #answerTimer: ReturnType<typeof setTimeout> | undefined;
  #pauseTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #ping: ReturnType<typeof setInterval>;

  constructor(socket: WebSocket, hooks: SubscriberHooks) {
    this.#socket = socket;
    this.#hooks = hooks;
    this.#ping = setInterval(() => {
      if (!this.#isOpen) return;
      this.#expectAnswer(answerWithinMs / 2);
      this.#socket.send('{"action":"ping"}');
    }, pingEveryMs);
    socket.onopen = () => {
      this.#isOpen = true;
      this.#sendNext();
    };
    socket.onmessage = ({ data }) => this.#receive(String(data));
    this.#expectAnswer(answerWithinMs);
  }

  /** Settles when the connection has ended, in whichever way. */
  closed(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.onclose = () => {
        this.#isOpen = false;
        clearInterval(this.#ping);
        clearTimeout(this.#answerTimer);
        clearTimeout(this.#pauseTimer);
        resolve();
      };
    });
  }

  get isConfirmed(): boolean {
    return this.#isOpen && this.#current === undefined && this.#waiting.length === 0;
  }

  subscribe(...messages: SubscribeMessage[]): void {
    this.#waiting.push(...messages);
    if (this.#isOpen && !this.#current) this.#sendNext();
  }

  unsubscribe(ids: { task_ids?: string[]; batch_ids?: string[] }): void {
    if (this.#isOpen) this.#socket.send(JSON.stringify({ action: 'unsubscribe', ...ids }));
  }

  close(): void {
    this.#socket.close();
  }

  #sendNext(): void {
    this.#current = this.#waiting.shift();
    if (this.#current) this.#send(this.#current);
    else clearTimeout(this.#answerTimer);
  }

  #send(message: SubscribeMessage): void {
    this.#current = message;
    this.#expectAnswer(answerWithinMs);
    this.#socket.send(JSON.stringify(message));
  }

  #expectAnswer(milliseconds: number): void {
    clearTimeout(this.#answerTimer);
    this.#answerTimer = setTimeout(() => this.#socket.close(), milliseconds);
  }

  #receive(text: string): void {
    // Some emulators send what a route's function returns, which is nothing.
    if (text === '') return;
    const frame = this.#hooks.json.parse(text) as SocketFrame;
    if (frame.event_type === 'subscribed') this.#confirm(frame);
    else if (frame.event_type === 'error') this.#refuse(frame.error);
    else if (frame.event_type === 'pong') {
      if (!this.#current) clearTimeout(this.#answerTimer);
    } else this.#hooks.onFrame(frame);
  }

  #confirm({ complete, since }: { complete: boolean; since?: string }): void {
    // There is more of it.
    if (!complete && since && this.#current) {
      this.#send({ ...this.#current, since });
      return;
    }
    this.#sendNext();
    this.#hooks.onConfirmed(!complete);
  }

  #refuse(error: { code: string; message: string }): void {
    if (lasting.has(error.code) || !this.#current) {
      this.#hooks.onRefused(error);
      // Of ids that are not there the others are confirmed.
      if (error.code !== 'not_found') this.#sendNext();
      return;
    }
    const again = this.#current;
    const seconds = Number(/(\d+) s\b/.exec(error.message)?.[1] ?? 5);
    this.#expectAnswer(answerWithinMs + seconds * 1000);
    this.#pauseTimer = setTimeout(() => this.#send(again), seconds * 1000);
  }
}
