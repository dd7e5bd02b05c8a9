import * as z from 'zod';
import { parseRequest } from '../parse-request.ts';
import { ServiceError } from '../service-error.ts';
import type { Subscription } from './subscriptions.ts';

/** Most ids of one message; a client may send more messages. */
const mostTasks = 500;
const mostBatches = 20;

const Id = z.string().min(1).max(100);
const Ids = {
  task_ids: z.array(Id).max(mostTasks).default([]),
  batch_ids: z.array(Id).max(mostBatches).default([]),
};

/** What a client may send over its WebSocket. */
export const ClientMessage = z.discriminatedUnion('action', [
  z
    .strictObject({
      action: z.literal('subscribe'),
      ...Ids,
      since: z.iso.datetime({ offset: true }).transform(Date.parse).optional(),
      deltas: z.boolean().default(false),
    })
    // Each task that is read along costs its worker reads and sends: a client says which it reads.
    .refine(({ deltas, task_ids, batch_ids }) => !deltas || task_ids.length + batch_ids.length > 0, {
      path: ['deltas'],
      error: 'needs task_ids or batch_ids',
    }),
  z.strictObject({ action: z.literal('unsubscribe'), ...Ids }),
  z.strictObject({ action: z.literal('ping') }),
]);
export type ClientMessage = z.infer<typeof ClientMessage>;
export type SubscribeMessage = Extract<ClientMessage, { action: 'subscribe' }>;

/** Throws `invalid_request`, which names the fields at fault. */
export function parseClientMessage(text: string): ClientMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const faults = [{ pointer: '', detail: 'is not JSON' }];
    throw new ServiceError('invalid_request', 'The message is not JSON', { faults });
  }
  return parseRequest(ClientMessage, value);
}

export function subscriptionsOfMessage(message: { task_ids: string[]; batch_ids: string[] }): Subscription[] {
  return [
    ...[...new Set(message.task_ids)].map((id) => ({ kind: 'task' as const, id })),
    ...[...new Set(message.batch_ids)].map((id) => ({ kind: 'batch' as const, id })),
  ];
}
