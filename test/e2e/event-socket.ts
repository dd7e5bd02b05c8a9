import { WebSocket } from 'ws';
import { patienceMs } from './client.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects and fails otherwise.
export type Frame = any;

/** A WebSocket that keeps every frame it got. */
export interface EventSocket {
  frames: Frame[];
  send(message: unknown): void;
  /** The first frame, received or to come, that fits. */
  next(what: string, matches: (frame: Frame) => boolean): Promise<Frame>;
  /** Frames of a task by growing version, each version once, as a client should read them. */
  eventsOf(taskId: string): Frame[];
  close(): void;
}

/** Rejects with the HTTP status when the connection is refused. */
export async function openSocket(url: string, token?: string): Promise<EventSocket> {
  const socket = new WebSocket(url, { headers: token ? { authorization: `Bearer ${token}` } : {} });
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  const fresh = () => {
    for (const look of waiting) look();
  };
  socket.on('message', (data) => {
    frames.push(JSON.parse(String(data)));
    fresh();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) =>
      reject(new Error(`refused with ${response.statusCode}`)),
    );
  });
  return {
    frames,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    next: (what, matches) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(
            new Error(`Waited ${patienceMs} ms in vain for ${what}; got ${JSON.stringify(frames.slice(-5))}`),
          );
        }, patienceMs);
        const look = () => {
          const found = frames.find(matches);
          if (found === undefined) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    eventsOf(taskId) {
      let seen = 0;
      return frames.filter((frame) => {
        if (frame.task_id !== taskId || frame.version <= seen) return false;
        seen = frame.version;
        return true;
      });
    },
    close: () => socket.close(),
  };
}
