import { maxIdempotencyKeyLength } from '../tasks/idempotency.ts';

export const idempotencyKey = {
  name: 'Idempotency-Key',
  description: 'The same key with the same body answers the first answer again for 24 hours',
  maxLength: maxIdempotencyKeyLength,
};
