import { maxIdempotencyKeyLength } from '../tasks/idempotency.ts';

/** The one request header of its own that the service knows. */
export const idempotencyKey = {
  name: 'Idempotency-Key',
  description:
    'The same key with the same body answers the first answer again for 24 hours, and nothing is done ' +
    'twice. Bodies are compared as JSON: white space and the order of members do not count. With ' +
    'another body: 422. Keys of tasks and of batches do not meet',
  maxLength: maxIdempotencyKeyLength,
};
