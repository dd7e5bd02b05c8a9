import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ServiceError } from '../../../core/service-error.ts';

/** The largest body the contract accepts. */
export const maxBodyBytes = 5 * 1024 * 1024;

/** Deeper than any data that means something, and far from where recursion ends. */
const maxNesting = 200;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** The request's JSON, whatever its content type; throws `payload_too_large` or, for anything but JSON, `invalid_request`. */
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
    // Without the cause, whose message quotes the body: it may hold what must not be logged.
    throw refuse('is not JSON in UTF-8');
  }
  if (isNestedDeeper(text, maxNesting)) throw refuse(`is nested more than ${maxNesting} levels deep`);
  return value;
}

function refuse(detail: string): ServiceError {
  return new ServiceError('invalid_request', `The body ${detail}`, { faults: [{ pointer: '', detail }] });
}

/** Counts brackets outside of strings, without recursion: what follows recurses, and would end the stack. */
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
