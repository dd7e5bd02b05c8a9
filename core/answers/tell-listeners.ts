import type { Task } from '../tasks/task.ts';
import type { ConnectionSender } from '../web-socket/connection-sender.ts';
import type { Subscription, Subscriptions } from '../web-socket/subscriptions.ts';
import type { DeltaSink } from './delta-sink.ts';
import { firstText } from './merge-deltas.ts';

export interface ListenerPorts {
  subscriptions: Pick<Subscriptions, 'subscribersTo'>;
  sender: Pick<ConnectionSender, 'send'>;
}

export interface ListenerOptions {
  /** Undefined where the service has no WebSocket. */
  listeners: ListenerPorts | undefined;
  clock: () => number;
  sleep: (milliseconds: number) => Promise<unknown>;
  onError: (error: unknown) => void;
}

/** A sink of which somebody may begin to read in the middle. */
export interface ListenerSink extends DeltaSink {
  /** Somebody listens: is told all that was taken so far, and the rest as it comes. */
  listen(): void;
}

/** Milliseconds between two frames of a task to a connection: each is paid for, and counts to the gateway's rate of sends. */
export const tellEveryMs = 400;
/** For so long it is known who listens. */
export const knownForMs = 2_500;
/** So long the end of an answer waits for its last frames, which are to come before the event; what hangs is left behind. */
export const lastFramesMs = 250;
/** Characters of a frame: of whatever kind, they stay below API Gateway's 128 KB. */
export const mostCharacters = 8_000;

/** A connection that reads along. */
interface Reader {
  /** Frames sent, and characters in them. */
  index: number;
  position: number;
  isSending: boolean;
  /** It did not take a frame: after a gap the rest would mislead. Its client has all from the final event. */
  isLost: boolean;
}

/**
 * Sends the text of an attempt's first choice to the connections that asked for it, each from the beginning, at its own
 * pace: one that hangs keeps none waiting.
 */
export function createListenerSinks({ listeners, clock, sleep, onError }: ListenerOptions) {
  return function tellListeners(task: Task): ListenerSink | undefined {
    if (!listeners) return undefined;
    const { subscriptions, sender } = listeners;
    const readers = new Map<string, Reader>();
    let text = '';
    let isListenedTo = false;
    let isTelling = false;
    let hasEnded = false;
    let knownUntil = 0;
    let finding: Promise<unknown> = Promise.resolve();
    const underWay = new Set<Promise<void>>();

    const topics: Subscription[] = [{ kind: 'task', id: task.taskId }];
    if (task.batchId !== null) topics.push({ kind: 'batch', id: task.batchId });

    function findReaders(): Promise<unknown> {
      if (clock() >= knownUntil) {
        knownUntil = clock() + knownForMs;
        // Where they cannot be read, those that were known go on.
        finding = readReaders().catch(onError);
      }
      return finding;
    }

    async function readReaders(): Promise<void> {
      const found = await Promise.all(topics.map((each) => subscriptions.subscribersTo(task.tenant, each)));
      const ids = new Set(found.flat().flatMap((each) => (each.deltas ? each.connectionId : [])));
      for (const id of readers.keys()) if (!ids.has(id)) readers.delete(id);
      for (const id of ids)
        if (!readers.has(id)) readers.set(id, { index: 0, position: 0, isSending: false, isLost: false });
    }

    /** Sends what the connection lacks. What comes meanwhile waits for the next time, unless there is none. */
    async function send(connectionId: string, reader: Reader): Promise<void> {
      if (reader.isSending) return;
      reader.isSending = true;
      const length = text.length;
      while (reader.position < (hasEnded ? text.length : length) && !reader.isLost) {
        const content = cut(text, reader.position);
        const frame = { event_type: 'delta', task_id: task.taskId, index: reader.index, content };
        reader.index += 1;
        reader.position += content.length;
        reader.isLost = (await sender.send(connectionId, JSON.stringify(frame))) !== 'sent';
      }
      reader.isSending = false;
    }

    /** Resolves when each has what there is now; the loop below waits for no one. */
    async function tell(): Promise<void> {
      await findReaders();
      await Promise.all([...readers].map(([connectionId, reader]) => send(connectionId, reader)));
    }

    function tellNow(): void {
      const telling = tell()
        .catch(onError)
        .finally(() => underWay.delete(telling));
      underWay.add(telling);
    }

    async function tellOn(): Promise<void> {
      if (isTelling) return;
      isTelling = true;
      for (let told = 0; told < text.length && !hasEnded; ) {
        told = text.length;
        tellNow();
        await sleep(tellEveryMs);
      }
      isTelling = false;
    }

    return {
      take(delta) {
        text += firstText(delta);
        if (isListenedTo) void tellOn();
      },
      listen() {
        if (isListenedTo) return;
        isListenedTo = true;
        void tellOn();
      },
      async end() {
        if (!isListenedTo) return;
        hasEnded = true;
        tellNow();
        await Promise.race([Promise.all(underWay), sleep(lastFramesMs)]);
      },
    };
  };
}

/** The next part of a text, whole characters. */
function cut(text: string, from: number): string {
  const to = from + mostCharacters;
  const splitsPair = to < text.length && /[\uD800-\uDBFF]/.test(text.charAt(to - 1));
  return text.slice(from, splitsPair ? to - 1 : to);
}
