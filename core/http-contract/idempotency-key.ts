import { maxIdempotencyKeyLength } from '../tasks/idempotency.ts';

/** The request header that operations share. */
export const idempotencyKey = {
  name: 'Idempotency-Key',
  description:
    'For 24 hours the same key with the same body gets the first answer again, whatever is true by then, ' +
    'and nothing is done twice. Bodies are compared as JSON: white space and the order of members do not count. Another ' +
    'body is answered by 422. One key may be used for a task and for a batch: these are independent',
  maxLength: maxIdempotencyKeyLength,
};
