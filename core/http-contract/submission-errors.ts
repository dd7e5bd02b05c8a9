import type { Operation } from './operation.ts';

/** What each route that submits tasks may answer: they share one submission. */
export const submissionErrors: Operation['errors'] = [
  'invalid_request',
  'forbidden',
  'payload_too_large',
  'idempotency_key_reused',
  'rate_limited',
  'queue_full',
  'budget_exceeded',
  'no_provider_available',
];
