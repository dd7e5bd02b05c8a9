import * as z from 'zod';
import type { Settings } from '../../config/settings.ts';
import { defaultTenant } from '../../core/access/identify-caller.ts';
import { ServiceError } from '../../core/service-error.ts';
import type { Client } from '../../core/web-socket/handle-client-message.ts';

/** A WebSocket event of API Gateway, of any route ($connect, $disconnect, $default). */
export const WebSocketEvent = z.object({
  requestContext: z.object({
    connectionId: z.string(),
    /** Answered by the authorizer of $connect; API Gateway adds it to the connection's later events. */
    authorizer: z.object({ tenant: z.string().optional() }).nullish(),
  }),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});
export type WebSocketEvent = z.infer<typeof WebSocketEvent>;

/** The connection and its tenant. Throws `unauthenticated` without a tenant, unless the service is open. */
export function readClient(event: WebSocketEvent, { open }: Pick<Settings, 'open'>): Client {
  const { connectionId, authorizer } = event.requestContext;
  const tenant = authorizer?.tenant ?? (open ? defaultTenant : undefined);
  if (tenant === undefined) throw new ServiceError('unauthenticated', 'No authorizer named a tenant');
  return { connectionId, tenant };
}
