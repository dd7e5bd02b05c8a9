import * as z from 'zod';
import { type RequestErrorCode, requestErrorCodes, type ServiceError } from '../service-error.ts';
import { listMeanings } from './list-meanings.ts';

const codeMeanings: Record<RequestErrorCode, string> = {
  invalid_request: 'a header, the query or the body is not as described here, malformed JSON included',
  unauthenticated: 'the bearer token is missing or wrong',
  forbidden:
    "the tenant's limits do not allow this priority, provider or model; or a local host without a token, which serves " +
    'programs and loopback pages of its machine alone',
  not_found: 'there is no such task, batch, provider or path',
  method_not_allowed: 'the path has other methods; the header `allow` names them',
  conflict: 'the status of the task does not allow this, or an equal batch is under way',
  payload_too_large: 'the body has more than 5 MiB, or 6,000,000 bytes as Lambda gets them',
  idempotency_key_reused: 'the same `Idempotency-Key` came with another body within 24 hours',
  rate_limited: "the tenant's requests a minute are used up; come back after `retry-after`",
  queue_full: 'too many tasks wait; come back after `retry-after`',
  budget_exceeded:
    "the tenant's budget for the day or the month, by UTC, has no room for it; `detail` says when the next begins",
  no_provider_available: 'no provider is enabled',
  internal: 'a fault of the service; its cause is only logged. The request may be repeated',
};

export const WireProblem = z
  .object({
    type: z.string().meta({ description: 'Always `about:blank`: `code` says which error it is' }),
    title: z.string().meta({ description: 'Of the status' }),
    status: z.int().meta({ description: 'The HTTP status' }),
    detail: z.string().meta({ description: 'For people; its words may change' }),
    code: z.enum(requestErrorCodes).meta({ description: listMeanings(codeMeanings) }),
    request_id: z.string().optional().meta({
      description: 'Finds the request in the logs of the service; not in the errors inside a batch',
    }),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .optional()
      .meta({
        description:
          'The fields at fault, by JSON Pointer (RFC 6901) into the body, or `/<name>` of a query parameter',
      }),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457)' });
export type WireProblem = z.infer<typeof WireProblem>;

/** RFC 9457. With `type` `about:blank` the title is that of the status; `code` says which error it is. */
export function toWireProblem(
  error: ServiceError,
  status: number,
  title: string,
  code: WireProblem['code'],
  requestId?: string,
): WireProblem {
  return {
    type: 'about:blank',
    title,
    status,
    detail: error.message,
    code,
    ...(requestId === undefined ? {} : { request_id: requestId }),
    ...(error.faults.length > 0 ? { errors: error.faults } : {}),
  };
}
