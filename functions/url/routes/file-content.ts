import { readByteRange } from '../../../core/files/byte-range.ts';
import { getFile } from '../../../core/files/get-file.ts';
import { readFile } from '../../../core/files/read-file.ts';
import { OpenaiError } from '../../../core/openai/openai-error.ts';
import { filePortsOf } from '../file-ports.ts';
import type { ServeUrl } from '../url-route.ts';

/** Lambda streams 200 MB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const longestAnswer = 200_000_000;

/** GET /v1/files/{file_id}/content, whole or the range that is asked for. */
export const serve: ServeUrl = async ({ event, tenant }, response, { environment }) => {
  const { files, contents } = filePortsOf(environment);
  const [, , , fileId = ''] = event.rawPath.split('/');
  const { bytes, parts } = await getFile(tenant, fileId, Date.now(), files);
  const range = readByteRange(event.headers.range, bytes);
  if (range === 'unreadable') throw refuse(400, 'Range is one range of bytes, such as bytes=0-199999999');
  if (range === 'unsatisfiable')
    throw refuse(416, `The file has ${bytes} bytes, and none of those asked for`);
  const { from, to } = range === 'whole' ? { from: 0, to: bytes } : range;
  if (to - from > longestAnswer)
    throw refuse(
      413,
      `An answer has ${longestAnswer} bytes at most, and this one would have ${to - from}: ask for ranges`,
    );
  const isHead = event.requestContext.http.method === 'HEAD';
  await response.bytes(
    range === 'whole' ? 200 : 206,
    {
      'accept-ranges': 'bytes',
      ...(range !== 'whole' && { 'content-range': `bytes ${from}-${to - 1}/${bytes}` }),
    },
    readFile(isHead ? [] : parts, contents, from, to),
  );
};

const refuse = (status: number, message: string) =>
  new OpenaiError(status, { message, type: 'invalid_request_error', param: 'range' }, false);
