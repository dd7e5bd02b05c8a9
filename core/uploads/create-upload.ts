import { lifeOf } from '../files/create-file.ts';
import { isTimedId, timedId } from '../files/file.ts';
import { parseRequest } from '../parse-request.ts';
import { ServiceError } from '../service-error.ts';
import { type Upload, type UploadStore, uploadLifeMs, uploadStatus } from './upload.ts';
import { UploadRequest } from './upload-wire.ts';

/** Throws `invalid_request`. */
export async function createUpload(
  request: { tenant: string; body: unknown; uuid: string; now: number },
  uploads: Pick<UploadStore, 'create'>,
): Promise<Upload> {
  const { tenant, body, uuid, now } = request;
  const { bytes, filename, purpose, expires_after } = parseRequest(UploadRequest, body);
  const upload: Upload = {
    tenant,
    uploadId: timedId('upload_', now, uuid),
    status: 'pending',
    filename,
    purpose,
    bytes,
    createdAt: now,
    expiresAt: now + uploadLifeMs,
    fileLifeMs: lifeOf(expires_after),
    fileId: null,
  };
  await uploads.create(upload);
  return upload;
}

/** Throws `not_found`. */
export async function getUpload(
  tenant: string,
  uploadId: string,
  uploads: Pick<UploadStore, 'get'>,
): Promise<Upload> {
  const upload = isTimedId('upload_', uploadId) ? await uploads.get(tenant, uploadId) : undefined;
  if (!upload) throw new ServiceError('not_found', `There is no upload ${uploadId.slice(0, 100)}`);
  return upload;
}

/** Throws `conflict` where nothing can be added to it, or changed, any more. */
export function expectPending(upload: Upload, now: number): void {
  const status = uploadStatus(upload, now);
  if (status !== 'pending') throw new ServiceError('conflict', `The upload is ${status}`);
}
