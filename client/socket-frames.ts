import type { ServiceEvent } from './wire.ts';

/** A piece of an answer, as the model writes it. Another `index` 0 is a new beginning: what came before is void. */
export interface DeltaFrame {
  event_type: 'delta';
  task_id: string;
  index: number;
  content: string;
}

interface SubscribedFrame {
  event_type: 'subscribed';
  complete: boolean;
  since?: string;
}

interface ErrorFrame {
  event_type: 'error';
  error: { code: string; message: string; errors?: { pointer: string; detail: string }[] };
}

interface PlainFrame {
  event_type: 'pong' | 'unsubscribed';
}

/** What the service sends over its WebSocket: docs/websocket.md. */
export type SocketFrame = ServiceEvent | DeltaFrame | SubscribedFrame | ErrorFrame | PlainFrame;

export interface SubscribeMessage {
  action: 'subscribe';
  task_ids?: string[];
  batch_ids?: string[];
  since?: string;
  deltas?: true;
}

/** Most ids of one message. */
const mostTasks = 500;
const mostBatches = 20;

/** Messages that subscribe to these tasks and batches. */
export function subscribeMessages(
  taskIds: readonly string[],
  batchIds: readonly string[],
  options: Pick<SubscribeMessage, 'since' | 'deltas'>,
): SubscribeMessage[] {
  return [
    ...cut(taskIds, mostTasks).map((task_ids) => ({ action: 'subscribe' as const, task_ids, ...options })),
    ...cut(batchIds, mostBatches).map((batch_ids) => ({
      action: 'subscribe' as const,
      batch_ids,
      ...options,
    })),
  ];
}

function cut<T>(list: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < list.length; at += size) parts.push(list.slice(at, at + size));
  return parts;
}
