// One standard queue: in memory for reading, in SQLite for keeping.
// Follows https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
// and .../sqs-dead-letter-queues.html. A commit reaches the operating system before a call is answered, so a
// killed process loses nothing; a power cut may.
import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';

export interface QueueSettings {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly visibilitySeconds: number;
  readonly delaySeconds: number;
  readonly waitSeconds: number;
  readonly retentionSeconds: number;
  readonly maximumBytes: number;
  readonly redrive: { readonly deadLetterArn: string; readonly maxReceiveCount: number } | undefined;
}

export interface Message {
  readonly id: string;
  readonly body: string;
  /** As sent, JSON of the MessageAttributes; undefined without any. */
  readonly attributes: string | undefined;
  readonly groupId: string | undefined;
  readonly sentAt: number;
  receiveCount: number;
  firstReceivedAt: number | undefined;
}

export interface ReceivedMessage extends Message {
  readonly receiptHandle: string;
}

interface Hidden {
  readonly message: Message;
  /** undefined: delayed, never received. */
  readonly receiptHandle: string | undefined;
  deadline: number;
}

export interface MessageStatements {
  readonly insert: StatementSync;
  readonly receive: StatementSync;
  readonly hide: StatementSync;
  readonly move: StatementSync;
  readonly remove: StatementSync;
}

/** The table and the statements every queue shares. */
export function prepareMessages(database: DatabaseSync): MessageStatements {
  database.exec(`CREATE TABLE IF NOT EXISTS messages (
    id TEXT PRIMARY KEY, queue TEXT NOT NULL, body TEXT NOT NULL, attributes TEXT, group_id TEXT,
    sent_at INTEGER NOT NULL, receive_count INTEGER NOT NULL, first_received_at INTEGER, hidden_until INTEGER)`);
  return {
    insert: database.prepare('INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    receive: database.prepare(
      'UPDATE messages SET receive_count = ?, first_received_at = ?, hidden_until = ? WHERE id = ?',
    ),
    hide: database.prepare('UPDATE messages SET hidden_until = ? WHERE id = ?'),
    move: database.prepare('UPDATE messages SET queue = ?, hidden_until = NULL WHERE id = ?'),
    remove: database.prepare('DELETE FROM messages WHERE id = ?'),
  };
}

export class SqsQueue {
  readonly settings: QueueSettings;
  readonly #statements: MessageStatements;
  readonly #deadLetterQueue: () => SqsQueue | undefined;
  #ready: Message[] = [];
  #head = 0;
  readonly #hidden = new Map<string, Hidden>();
  readonly #listeners = new Set<() => void>();

  constructor(
    settings: QueueSettings,
    statements: MessageStatements,
    deadLetterQueue: () => SqsQueue | undefined,
  ) {
    this.settings = settings;
    this.#statements = statements;
    this.#deadLetterQueue = deadLetterQueue;
  }

  /** Calls back whenever a message may have become visible. Returns the function that ends it. */
  onVisible(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  send(body: string, options: { attributes?: string; groupId?: string; delaySeconds?: number } = {}): string {
    const now = Date.now();
    const message: Message = {
      id: randomUUID(),
      body,
      attributes: options.attributes,
      groupId: options.groupId,
      sentAt: now,
      receiveCount: 0,
      firstReceivedAt: undefined,
    };
    const delay = options.delaySeconds ?? this.settings.delaySeconds;
    const until = delay > 0 ? now + delay * 1000 : undefined;
    const { id, attributes = null, groupId = null } = message;
    this.#statements.insert.run(
      id,
      this.settings.name,
      body,
      attributes,
      groupId,
      now,
      0,
      null,
      until ?? null,
    );
    this.restore(message, until);
    return id;
  }

  /** Puts back a message that is already on disk. */
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
        this.#statements.remove.run(message.id);
        continue;
      }
      message.receiveCount += 1;
      message.firstReceivedAt ??= now;
      if (this.#isSpent(message)) continue;
      const receiptHandle = `${message.id}.${randomUUID()}`;
      const deadline = now + visibilitySeconds * 1000;
      this.#statements.receive.run(message.receiveCount, message.firstReceivedAt, deadline, message.id);
      this.#hidden.set(message.id, { message, receiptHandle, deadline });
      received.push({ ...message, receiptHandle });
    }
    if (this.#head > 1024 || this.#head === this.#ready.length) {
      this.#ready = this.#ready.slice(this.#head);
      this.#head = 0;
    }
    return received;
  }

  /** One statement moves the row, so no crash can lose or double the message. */
  #isSpent(message: Message): boolean {
    const { redrive } = this.settings;
    const target = redrive && message.receiveCount > redrive.maxReceiveCount && this.#deadLetterQueue();
    if (!target) return false;
    message.receiveCount -= 1;
    this.#statements.move.run(target.settings.name, message.id);
    target.restore(message);
    return true;
  }

  /** Deletes a received message. A handle of an earlier receive deletes nothing, as on AWS standard queues may. */
  delete(receiptHandle: string): void {
    const hidden = this.#hiddenBy(receiptHandle);
    if (!hidden) return;
    this.#statements.remove.run(hidden.message.id);
    this.#hidden.delete(hidden.message.id);
  }

  /** False when the message is not in flight under that handle. */
  changeVisibility(receiptHandle: string, seconds: number): boolean {
    const hidden = this.#hiddenBy(receiptHandle);
    if (!hidden) return false;
    hidden.deadline = Date.now() + seconds * 1000;
    this.#statements.hide.run(hidden.deadline, hidden.message.id);
    if (seconds === 0) this.releaseDue();
    return true;
  }

  isInFlight(receiptHandle: string): boolean {
    return this.#hiddenBy(receiptHandle) !== undefined;
  }

  /** Makes due messages visible: expired visibility timeouts and ended delays. */
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

  purge(): void {
    for (const message of this.#ready.slice(this.#head)) this.#statements.remove.run(message.id);
    for (const id of this.#hidden.keys()) this.#statements.remove.run(id);
    this.#ready = [];
    this.#head = 0;
    this.#hidden.clear();
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
