import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { JsonReadError, readJson } from '../../../core/json/read-json.ts';
import { invalidRequest, toPointer } from '../../../core/parse-request.ts';
import { ServiceError } from '../../../core/service-error.ts';

/** The largest body that is accepted. */
export const maxBodyBytes = 5 * 1024 * 1024;
/**
 * The same with every quote, backslash and line break counted twice and other control characters six times: as Lambda gets
 * it, in a member of a JSON text of 6 MiB. The rest of that is for headers, so that this bound holds exactly.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const maxEscapedBytes = 6_000_000;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/**
 * The JSON of the request, whatever its content type, its numbers as they are written. Throws `payload_too_large`, and
 * `invalid_request` for what is not JSON, or gives a name of an object twice: one of its values would be lost.
 */
export function readJsonBody(event: APIGatewayProxyEventV2, limit = maxBodyBytes): unknown {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.byteLength > limit) throw tooLarge(bytes.byteLength, limit, 'bytes');
  if (bytes.byteLength === 0) throw refuse('is missing: JSON is required');
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw refuse('is not JSON in UTF-8');
  }
  const escaped = event.isBase64Encoded ? 0 : Buffer.byteLength(JSON.stringify(text)) - '""'.length;
  if (escaped > maxEscapedBytes)
    throw tooLarge(
      escaped,
      maxEscapedBytes,
      'bytes with every quote, backslash and line break counted twice',
    );
  try {
    return readJson(text, 'refuse');
  } catch (error) {
    if (error instanceof JsonReadError) throw refuseText(text, error);
    throw error;
  }
}

function tooLarge(size: number, limit: number, unit: string): ServiceError {
  return new ServiceError('payload_too_large', `The body has ${size} ${unit}; ${limit} are allowed`);
}

function refuseText(text: string, { message, position, path }: JsonReadError): ServiceError {
  if (path.length > 0) return invalidRequest([{ pointer: toPointer(path), detail: 'is there twice' }]);
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  const column = position - before.lastIndexOf('\n');
  return refuse(`is not JSON that is taken: it ${message} (line ${line}, column ${column})`);
}

function refuse(detail: string): ServiceError {
  return new ServiceError('invalid_request', `The body ${detail}`, { faults: [{ pointer: '', detail }] });
}
