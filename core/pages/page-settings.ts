import * as z from 'zod';
import type { PageAddresses } from './page-headers.ts';

/** What the console must know before its first call. */
export const WirePageSettings = z
  .object({
    websocket_url: z.string().nullable().meta({ description: 'Of the WebSocket; `null`: there is none' }),
    stream_url: z.string().meta({ description: 'Base of `/api/v1/process/stream` and of `/v1/`' }),
    authentication: z.enum(['none', 'bearer']).meta({ description: '`bearer`: calls need a token' }),
    version: z.string(),
  })
  .meta({ id: 'ConsoleSettings' });
export type WirePageSettings = z.infer<typeof WirePageSettings>;

export function toWirePageSettings(
  { webSocketUrl = undefined, streamUrl }: PageAddresses,
  { open, version }: { open: boolean; version: string },
): WirePageSettings {
  return {
    websocket_url: webSocketUrl ?? null,
    stream_url: streamUrl,
    authentication: open ? 'none' : 'bearer',
    version,
  };
}
