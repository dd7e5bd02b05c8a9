import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { FileForm } from '../../core/files/create-file.ts';
import { ServiceError } from '../../core/service-error.ts';

/**
 * Of a form. A function URL takes 6 MB, a form comes to it in base64, which makes four bytes of three, and the headers are in it:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const maxFormBytes = 4_400_000;

/**
 * The form of a request, by Node's own reader of multipart/form-data (RFC 7578). `a[b]` is the member `b` of the field `a`. The file
 * is that of the field with this name. Throws `invalid_request`, `payload_too_large`.
 */
export async function readForm(event: APIGatewayProxyEventV2, fileField: string): Promise<FileForm> {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.byteLength > maxFormBytes)
    throw new ServiceError(
      'payload_too_large',
      `The form has ${bytes.byteLength} bytes, and ${maxFormBytes} are allowed; larger files come in parts, by POST /v1/uploads`,
    );
  const form = await parse(bytes, event.headers['content-type'] ?? '');
  const fields: Record<string, unknown> = {};
  let file: FileForm['file'];
  for (const [name, value] of form) {
    if (name === fileField && typeof value !== 'string' && !file)
      file = { name: value.name, bytes: await value.bytes() };
    else if (typeof value === 'string') setField(fields, name, value);
    else throw refuse(`/${name}`, name === fileField ? 'is there twice' : 'is not a file');
  }
  return { fields, file };
}

async function parse(body: Buffer<ArrayBuffer>, contentType: string): Promise<FormData> {
  if (!/^multipart\/form-data\b/i.test(contentType))
    throw refuse('', 'is not a form: its content type is not multipart/form-data');
  try {
    return await new Response(body, { headers: { 'content-type': contentType } }).formData();
  } catch {
    // Its message says no more.
    throw refuse('', 'is not a form as its content type says');
  }
}

function setField(fields: Record<string, unknown>, name: string, value: string): void {
  const [, outer = name, inner] = /^(\w+)\[(\w+)\]$/.exec(name) ?? [];
  if (inner === undefined) fields[outer] = value;
  else fields[outer] = { ...(fields[outer] as object | undefined), [inner]: value };
}

function refuse(pointer: string, detail: string): ServiceError {
  const where = pointer === '' ? 'The body' : pointer.slice(1);
  return new ServiceError('invalid_request', `${where} ${detail}`, { faults: [{ pointer, detail }] });
}
