import { createHash } from 'node:crypto';
import type { StoredFile } from '../files/file.ts';
import type { FileContents, FileStore } from '../files/file-store.ts';
import { readFile } from '../files/read-file.ts';
import { invalidRequest, parseRequest } from '../parse-request.ts';
import { ServiceError } from '../service-error.ts';
import { expectPending, getUpload } from './create-upload.ts';
import type { Upload, UploadPart, UploadStore } from './upload.ts';
import { CompleteUploadRequest } from './upload-wire.ts';

export interface UploadPorts {
  uploads: UploadStore;
  files: FileStore;
  contents: FileContents;
}

/**
 * Makes the file of an upload: its parts in the order of the request, where they lie. The same request again finds the same
 * file, whichever write the first try did not come to. Throws `invalid_request`, `not_found`, `conflict`.
 */
export async function completeUpload(
  request: { tenant: string; uploadId: string; body: unknown; now: number },
  ports: UploadPorts,
): Promise<{ upload: Upload; file: StoredFile | undefined }> {
  const { tenant, uploadId, body, now } = request;
  const { part_ids, md5 } = parseRequest(CompleteUploadRequest, body);
  const upload = await getUpload(tenant, uploadId, ports.uploads);
  if (upload.status === 'completed') return withFile(upload, now, ports);
  expectPending(upload, now);
  const parts = await takeParts(upload, part_ids, ports.uploads);
  await checkContent(upload, parts, md5, ports.contents);
  const file: StoredFile = {
    tenant,
    fileId: uploadId.replace(/^upload_/, 'file-'),
    filename: upload.filename,
    purpose: upload.purpose,
    bytes: upload.bytes,
    createdAt: now,
    expiresAt: now + upload.fileLifeMs,
    parts: parts.map(({ objectKey, bytes }) => ({ objectKey, bytes })),
  };
  await ports.files.create(file);
  const ended = await ports.uploads.end(upload, 'completed', file.fileId);
  if (ended.status !== 'completed') {
    await ports.files.delete(tenant, file.fileId);
    expectPending(ended, now);
  }
  return withFile(ended, now, ports);
}

async function withFile(upload: Upload, now: number, { files }: UploadPorts) {
  const { tenant, fileId } = upload;
  return { upload, file: fileId === null ? undefined : await files.get(tenant, fileId, now) };
}

async function takeParts(
  upload: Upload,
  partIds: readonly string[],
  uploads: UploadStore,
): Promise<UploadPart[]> {
  const found = new Map(
    (await uploads.getParts(upload, [...new Set(partIds)])).map((part) => [part.partId, part]),
  );
  const parts = partIds.map((partId, index) => {
    const part = found.get(partId);
    if (!part) throw invalidRequest([{ pointer: `/part_ids/${index}`, detail: 'is no part of this upload' }]);
    // Each part is in the file once: a second one would be a slip.
    found.delete(partId);
    return part;
  });
  return parts;
}

async function checkContent(
  { bytes }: Upload,
  parts: readonly UploadPart[],
  md5: string | undefined,
  contents: FileContents,
): Promise<void> {
  const total = parts.reduce((sum, part) => sum + part.bytes, 0);
  if (total !== bytes)
    throw new ServiceError('invalid_request', `The parts have ${total} bytes, and ${bytes} were announced`, {
      faults: [{ pointer: '/part_ids', detail: `have ${total} bytes, and ${bytes} were announced` }],
    });
  if (md5 === undefined) return;
  const hash = createHash('md5');
  for await (const chunk of readFile(parts, contents)) hash.update(chunk);
  if (hash.digest('hex') !== md5.toLowerCase())
    throw invalidRequest([{ pointer: '/md5', detail: 'is not that of the parts in this order' }]);
}
