import { toWireProblem, type WireProblem } from '../../../core/http-contract/problem-wire.ts';
import { ServiceError } from '../../../core/service-error.ts';
import { errorStatus, requestCode, statusTitle } from './error-status.ts';

const hidden = new ServiceError(
  'internal',
  'Something went wrong in the service; the request may be repeated',
);

/** The problem that the caller sees. Of a fault of the service it tells no cause. */
export function toProblem(error: unknown, requestId?: string): WireProblem {
  const known = error instanceof ServiceError ? error : hidden;
  const code = requestCode(known);
  const status = errorStatus[code];
  const title = statusTitle[status];
  return toWireProblem(code === 'internal' ? hidden : known, status, title, code, requestId);
}
