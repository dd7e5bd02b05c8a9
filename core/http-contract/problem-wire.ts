import * as z from 'zod';
import { requestErrorCodes, type ServiceError } from '../service-error.ts';

export const WireProblem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(requestErrorCodes),
    request_id: z.string().optional(),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: 'The fields at fault, by JSON Pointer (RFC 6901)' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' });
export type WireProblem = z.infer<typeof WireProblem>;

/** RFC 9457. `title` goes with the status, since `type` is `about:blank`: `code` says what is particular. */
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
