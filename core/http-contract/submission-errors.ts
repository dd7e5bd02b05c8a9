import type { Operation } from './operation.ts';

/** What each route that submits tasks may answer: they share one submission. */
export const submissionErrors: Operation['errors'] = [
  'invalid_request',
  'payload_too_large',
  'idempotency_key_reused',
  'queue_full',
  'no_provider_available',
];
