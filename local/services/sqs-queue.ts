// One standard queue: in memory for reading, on disk for keeping. Follows
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html and
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
import { randomUUID } from 'node:crypto';
import type { Message, SqsMessages } from './sqs-messages.ts';

export interface QueueSettings {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly visibilitySeconds: number;
  readonly retentionSeconds: number;
  readonly redrive: { readonly deadLetterArn: string; readonly maxReceiveCount: number } | undefined;
}

export interface SendOptions {
  readonly groupId?: string | undefined;
  readonly delaySeconds?: number | undefined;
}

export interface ReceivedMessage extends Message {
  readonly receiptHandle: string;
}

interface Hidden {
  readonly message: Message;
  /** Undefined: delayed, never received. */
  readonly receiptHandle: string | undefined;
  deadline: number;
}

export class SqsQueue {
  readonly settings: QueueSettings;
  readonly #messages: SqsMessages;
  readonly #deadLetterQueue: () => SqsQueue | undefined;
  /** Visible messages, from `#head` on. */
  #ready: Message[] = [];
  #head = 0;
  /** Messages in flight and delayed ones, by id. */
  readonly #hidden = new Map<string, Hidden>();
  readonly #listeners = new Set<() => void>();

  /** @param deadLetterQueue looked up late, because it may be made after this queue */
  constructor(settings: QueueSettings, messages: SqsMessages, deadLetterQueue: () => SqsQueue | undefined) {
    this.settings = settings;
    this.#messages = messages;
    this.#deadLetterQueue = deadLetterQueue;
  }

  /** Calls back whenever a message may have become visible. Returns the function that ends it. */
  onVisible(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Returns the message's id. */
  send(body: string, { groupId, delaySeconds = 0 }: SendOptions = {}): string {
    const sentAt = Date.now();
    const id = randomUUID();
    const message: Message = { id, body, groupId, sentAt, receiveCount: 0, firstReceivedAt: undefined };
    const delayedUntil = delaySeconds > 0 ? sentAt + delaySeconds * 1000 : undefined;
    this.#messages.insert(this.settings.name, message, delayedUntil);
    this.restore(message, delayedUntil);
    return id;
  }

  /** Takes a message that is already on disk. */
  restore(message: Message, delayedUntil?: number): void {
    if (delayedUntil !== undefined && delayedUntil > Date.now()) {
      this.#hidden.set(message.id, { message, receiptHandle: undefined, deadline: delayedUntil });
      return;
    }
    this.#ready.push(message);
    this.#announce();
  }

  receive(maximum: number, visibilitySeconds = this.settings.visibilitySeconds): ReceivedMessage[] {
    const now = Date.now();
    const received: ReceivedMessage[] = [];
    while (received.length < maximum) {
      const message = this.#ready[this.#head];
      if (!message) break;
      this.#head += 1;
      if (now - message.sentAt > this.settings.retentionSeconds * 1000) {
        this.#messages.remove(message.id);
        continue;
      }
      if (this.#moveToDeadLetters(message)) continue;
      message.receiveCount += 1;
      message.firstReceivedAt ??= now;
      const receiptHandle = `${message.id}.${randomUUID()}`;
      const deadline = now + visibilitySeconds * 1000;
      this.#messages.receive(message, deadline);
      this.#hidden.set(message.id, { message, receiptHandle, deadline });
      received.push({ ...message, receiptHandle });
    }
    if (this.#head > 1024 || this.#head === this.#ready.length) {
      this.#ready = this.#ready.slice(this.#head);
      this.#head = 0;
    }
    return received;
  }

  /** Whether the message was received as often as the queue allows, and so went to the dead-letter queue. */
  #moveToDeadLetters(message: Message): boolean {
    const { redrive } = this.settings;
    if (!redrive || message.receiveCount < redrive.maxReceiveCount) return false;
    const target = this.#deadLetterQueue();
    if (!target) return false;
    this.#messages.move(message.id, target.settings.name);
    target.restore(message);
    return true;
  }

  /** Deletes a received message. The handle of an earlier receive deletes nothing, as AWS allows. */
  delete(receiptHandle: string): void {
    const hidden = this.#hiddenBy(receiptHandle);
    if (!hidden) return;
    this.#messages.remove(hidden.message.id);
    this.#hidden.delete(hidden.message.id);
  }

  /** False when the message is not in flight under that handle. */
  changeVisibility(receiptHandle: string, seconds: number): boolean {
    const hidden = this.#hiddenBy(receiptHandle);
    if (!hidden) return false;
    hidden.deadline = Date.now() + seconds * 1000;
    this.#messages.hide(hidden.message.id, hidden.deadline);
    if (seconds === 0) this.releaseDue();
    return true;
  }

  isInFlight(receiptHandle: string): boolean {
    return this.#hiddenBy(receiptHandle) !== undefined;
  }

  /** Makes messages visible whose visibility timeout or delay has ended. */
  releaseDue(now = Date.now()): void {
    let released = false;
    for (const [id, { deadline, message }] of this.#hidden) {
      if (deadline > now) continue;
      this.#hidden.delete(id);
      this.#ready.push(message);
      released = true;
    }
    if (released) this.#announce();
  }

  counts(): { visible: number; inFlight: number; delayed: number } {
    const hidden = [...this.#hidden.values()];
    const inFlight = hidden.filter(({ receiptHandle }) => receiptHandle !== undefined).length;
    return { visible: this.#ready.length - this.#head, inFlight, delayed: hidden.length - inFlight };
  }

  get hasVisible(): boolean {
    return this.#ready.length > this.#head;
  }

  #hiddenBy(receiptHandle: string): Hidden | undefined {
    const hidden = this.#hidden.get(receiptHandle.split('.')[0] ?? '');
    return hidden?.receiptHandle === receiptHandle ? hidden : undefined;
  }

  #announce(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
