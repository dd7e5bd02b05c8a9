import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ServiceError } from '../../../core/service-error.ts';

/** The largest body the contract accepts. */
export const maxBodyBytes = 5 * 1024 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** The request's JSON, whatever its content type; throws `payload_too_large` or, for anything but JSON, `invalid_request`. */
export function readJsonBody(event: APIGatewayProxyEventV2, limit = maxBodyBytes): unknown {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.byteLength > limit)
    throw new ServiceError(
      'payload_too_large',
      `The body has ${bytes.byteLength} bytes; ${limit} are allowed`,
    );
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    const detail = bytes.byteLength === 0 ? 'a JSON body is required' : 'is not JSON in UTF-8';
    // The cause's own message quotes the body, which may hold what must not be logged or shown.
    throw new ServiceError('invalid_request', `The body ${detail}`, {
      faults: [{ pointer: '', detail }],
      cause: cause instanceof Error ? cause.name : undefined,
    });
  }
}
