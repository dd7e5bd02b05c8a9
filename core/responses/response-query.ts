import * as z from 'zod';

const Include = z.string().max(200).optional().meta({ description: 'Adds nothing: all is there' });
/** As the official clients write lists. */
export const IncludeQuery = { 'include[]': Include, include: Include };

/** Of `GET /v1/responses/{response_id}`. */
export const ResponseQuery = z.strictObject({
  stream: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: '`true`: the events of a background response, as they come' }),
  starting_after: z
    .string()
    .regex(/^\d{1,9}$/, 'is a number')
    .optional()
    .meta({ description: 'Leaves out the events up to this `sequence_number`' }),
  include_obfuscation: z.enum(['true', 'false']).optional().meta({ description: 'Events are not padded' }),
  ...IncludeQuery,
});
