import { expectPending, getUpload } from './create-upload.ts';
import type { Upload, UploadStore } from './upload.ts';

/** Ends a pending upload; its parts go with the bucket's rule. Throws `not_found`, `conflict`. */
export async function cancelUpload(
  tenant: string,
  uploadId: string,
  now: number,
  uploads: Pick<UploadStore, 'get' | 'end'>,
): Promise<Upload> {
  const upload = await getUpload(tenant, uploadId, uploads);
  if (upload.status === 'cancelled') return upload;
  expectPending(upload, now);
  const ended = await uploads.end(upload, 'cancelled', null);
  if (ended.status !== 'cancelled') expectPending(ended, now);
  return ended;
}
