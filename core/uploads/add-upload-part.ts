import * as z from 'zod';
import { type FileForm, takeFile } from '../files/create-file.ts';
import { placeObject, timedId } from '../files/file.ts';
import type { FileContents } from '../files/file-store.ts';
import { parseRequest } from '../parse-request.ts';
import { expectPending, getUpload } from './create-upload.ts';
import { type UploadPart, type UploadStore, uploadLifeMs } from './upload.ts';

const PartFields = z.strictObject({});

/** Stores a part of a file to come, its bytes first. Throws `invalid_request`, `not_found`, `conflict`. */
export async function addUploadPart(
  request: { tenant: string; uploadId: string; form: FileForm; uuid: string; now: number },
  ports: { uploads: Pick<UploadStore, 'get' | 'addPart'>; contents: Pick<FileContents, 'put'> },
): Promise<UploadPart> {
  const { tenant, uploadId, form, uuid, now } = request;
  const upload = await getUpload(tenant, uploadId, ports.uploads);
  expectPending(upload, now);
  parseRequest(PartFields, form.fields);
  const { bytes } = takeFile(form.file, 'data');
  const partId = timedId('part_', now, uuid);
  const objectKey = placeObject(tenant, `${uploadId}/${partId}`, uploadLifeMs + upload.fileLifeMs);
  const part: UploadPart = { partId, objectKey, bytes: bytes.byteLength };
  await ports.contents.put(objectKey, bytes);
  await ports.uploads.addPart(upload, part);
  return part;
}
