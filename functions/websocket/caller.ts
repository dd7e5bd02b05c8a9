import * as z from 'zod';
import { ServiceError } from '../../core/service-error.ts';
import type { Client } from '../../core/web-socket/handle-client-message.ts';

/** A WebSocket event of API Gateway, of any route ($connect, $disconnect, $default). */
export const WebSocketEvent = z.object({
  requestContext: z.object({
    connectionId: z.string(),
    /** Answered by the authorizer of $connect; API Gateway adds it to the connection's later events. */
    authorizer: z.object({ tenant: z.string().optional(), credential: z.string().optional() }).nullish(),
  }),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});
export type WebSocketEvent = z.infer<typeof WebSocketEvent>;

/** By what a connection was let in (core/access/caller.ts). */
export interface Opener {
  credential: string | undefined;
}

/** The connection and its tenant. Throws `unauthenticated` without a tenant: every connection was authorized. */
export function readClient(event: WebSocketEvent): Client & Opener {
  const { connectionId, authorizer } = event.requestContext;
  if (authorizer?.tenant === undefined)
    throw new ServiceError('unauthenticated', 'No authorizer named a tenant');
  const { tenant, credential } = authorizer;
  return { connectionId, tenant, credential };
}
