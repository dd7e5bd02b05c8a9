import { randomUUID } from 'node:crypto';
import { createFile } from '../../../core/files/create-file.ts';
import { deleteFile } from '../../../core/files/delete-file.ts';
import { toWireFile, toWireList } from '../../../core/files/file-wire.ts';
import { getFile } from '../../../core/files/get-file.ts';
import { listFiles } from '../../../core/files/list-files.ts';
import { filePortsOf } from '../file-ports.ts';
import { readForm } from '../read-form.ts';
import type { ServeUrl } from '../url-route.ts';

/** POST and GET /v1/files, GET and DELETE /v1/files/{file_id} */
export const serve: ServeUrl = async ({ event, tenant }, response, { environment }) => {
  const ports = filePortsOf(environment);
  const now = Date.now();
  const { method } = event.requestContext.http;
  const [, , , fileId] = event.rawPath.split('/');
  if (method === 'POST') {
    const form = await readForm(event, 'file');
    return response.json(200, toWireFile(await createFile({ tenant, form, uuid: randomUUID(), now }, ports)));
  }
  if (fileId === undefined) {
    const page = await listFiles(tenant, event.queryStringParameters ?? {}, now, ports.files);
    return response.json(200, toWireList(page.files.map(toWireFile), page.hasMore));
  }
  if (method === 'DELETE') {
    await deleteFile(tenant, fileId, now, ports);
    return response.json(200, { id: fileId, object: 'file', deleted: true });
  }
  response.json(200, toWireFile(await getFile(tenant, fileId, now, ports.files)));
};
