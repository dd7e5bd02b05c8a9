import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ServiceError } from '../../../core/service-error.ts';

/** The largest body that is accepted. */
export const maxBodyBytes = 5 * 1024 * 1024;

/** Deeper than real data, and far below what exhausts the stack of recursive functions. */
const maxNesting = 200;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/**
 * The JSON of the request, whatever its content type. Throws `payload_too_large`, and `invalid_request` for
 * what is not JSON.
 */
export function readJsonBody(event: APIGatewayProxyEventV2, limit = maxBodyBytes): unknown {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.byteLength > limit)
    throw new ServiceError(
      'payload_too_large',
      `The body has ${bytes.byteLength} bytes; ${limit} are allowed`,
    );
  if (bytes.byteLength === 0) throw refuse('is missing: JSON is required');
  let text: string;
  let value: unknown;
  try {
    text = utf8.decode(bytes);
    value = JSON.parse(text);
  } catch {
    // Without the cause: its message quotes the body, which must not be logged.
    throw refuse('is not JSON in UTF-8');
  }
  if (isNestedDeeper(text, maxNesting)) throw refuse(`is nested more than ${maxNesting} levels deep`);
  return value;
}

function refuse(detail: string): ServiceError {
  return new ServiceError('invalid_request', `The body ${detail}`, { faults: [{ pointer: '', detail }] });
}

/** Counts brackets outside of strings, without recursion, which deep input would drive out of its stack. */
function isNestedDeeper(json: string, limit: number): boolean {
  let depth = 0;
  let isInText = false;
  for (let index = 0; index < json.length; index += 1) {
    const letter = json[index];
    if (isInText && letter === '\\') index += 1;
    else if (letter === '"') isInText = !isInText;
    else if (isInText) continue;
    else if (letter === '[' || letter === '{') depth += 1;
    else if (letter === ']' || letter === '}') depth -= 1;
    if (depth > limit) return true;
  }
  return false;
}
