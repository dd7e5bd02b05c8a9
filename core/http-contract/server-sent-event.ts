import * as z from 'zod';

/**
 * One event of a stream: before OpenAPI 3.2 the schema of a stream is that of each of its events.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export const ServerSentEvent = z.object({
  event: z.string().optional(),
  id: z.string().optional(),
  data: z.string().meta({ contentMediaType: 'application/json' }),
});
