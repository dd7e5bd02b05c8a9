import { randomUUID } from 'node:crypto';
import { toSeconds } from '../../../core/files/file-wire.ts';
import { addUploadPart } from '../../../core/uploads/add-upload-part.ts';
import { cancelUpload } from '../../../core/uploads/cancel-upload.ts';
import { completeUpload } from '../../../core/uploads/complete-upload.ts';
import { createUpload } from '../../../core/uploads/create-upload.ts';
import { toWireUpload } from '../../../core/uploads/upload-wire.ts';
import { readJsonBody } from '../../http/middleware/read-body.ts';
import { filePortsOf } from '../file-ports.ts';
import { readForm } from '../read-form.ts';
import type { ServeUrl } from '../url-route.ts';

/** POST /v1/uploads, and /v1/uploads/{upload_id}/parts, /complete and /cancel */
export const serve: ServeUrl = async ({ event, tenant }, response, { environment }) => {
  const ports = filePortsOf(environment);
  const now = Date.now();
  const fresh = { tenant, uuid: randomUUID(), now };
  const [, , , uploadId = '', action] = event.rawPath.split('/');
  switch (action) {
    case 'parts': {
      const form = await readForm(event, 'data');
      const { partId } = await addUploadPart({ ...fresh, uploadId, form }, ports);
      const part = { id: partId, object: 'upload.part', created_at: toSeconds(now), upload_id: uploadId };
      return response.json(200, part);
    }
    case 'complete': {
      const body = readJsonBody(event);
      const { upload, file } = await completeUpload({ tenant, uploadId, body, now }, ports);
      return response.json(200, toWireUpload(upload, file, now));
    }
    case 'cancel':
      return response.json(
        200,
        toWireUpload(await cancelUpload(tenant, uploadId, now, ports.uploads), undefined, now),
      );
    default: {
      const upload = await createUpload({ ...fresh, body: readJsonBody(event) }, ports.uploads);
      response.json(200, toWireUpload(upload, undefined, now));
    }
  }
};
