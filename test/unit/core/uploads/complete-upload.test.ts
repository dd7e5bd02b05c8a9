import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredFile } from '../../../../core/files/file.ts';
import { addUploadPart } from '../../../../core/uploads/add-upload-part.ts';
import { cancelUpload } from '../../../../core/uploads/cancel-upload.ts';
import { completeUpload, type UploadPorts } from '../../../../core/uploads/complete-upload.ts';
import { createUpload } from '../../../../core/uploads/create-upload.ts';
import { type Upload, type UploadPart, uploadLifeMs, uploadStatus } from '../../../../core/uploads/upload.ts';
import { start } from '../../../make-task.ts';
import { createMemoryContents } from '../files/memory-contents.ts';

function createWorld() {
  const uploads = new Map<string, Upload>();
  const parts = new Map<string, UploadPart>();
  const files = new Map<string, StoredFile>();
  const ports: UploadPorts = {
    uploads: {
      create: async (upload) => void uploads.set(upload.uploadId, upload),
      get: async (_tenant, uploadId) => uploads.get(uploadId),
      addPart: async (_upload, part) => void parts.set(part.partId, part),
      getParts: async (_upload, partIds) => partIds.flatMap((partId) => parts.get(partId) ?? []),
      async end(upload, status, fileId) {
        const found = uploads.get(upload.uploadId) ?? upload;
        if (found.status !== 'pending') return found;
        const ended = { ...found, status, fileId };
        uploads.set(upload.uploadId, ended);
        return ended;
      },
    },
    files: {
      create: async (file) => void files.set(file.fileId, file),
      get: async (_tenant, fileId) => files.get(fileId),
      list: async () => ({ files: [], hasMore: false }),
      delete: async (_tenant, fileId) => void files.delete(fileId),
    },
    contents: createMemoryContents().contents,
  };
  const fresh = () => ({ tenant: 'default', uuid: crypto.randomUUID(), now: start });
  return {
    ports,
    files,
    uploads,
    begin: (bytes: number) =>
      createUpload(
        { ...fresh(), body: { bytes, filename: 'a.jsonl', mime_type: 'text/plain', purpose: 'batch' } },
        ports.uploads,
      ),
    add: ({ uploadId }: Upload, text: string, now = start) =>
      addUploadPart(
        { ...fresh(), now, uploadId, form: { fields: {}, file: { name: 'p', bytes: Buffer.from(text) } } },
        ports,
      ),
    complete: ({ uploadId }: Upload, part_ids: string[], now = start) =>
      completeUpload({ tenant: 'default', uploadId, body: { part_ids }, now }, ports),
  };
}

test('a file is its parts in the order that is named, and the same request again finds it', async () => {
  const { begin, add, complete } = createWorld();
  const upload = await begin(6);
  const [one, two] = [await add(upload, 'abc'), await add(upload, 'def')];
  const { file } = await complete(upload, [two.partId, one.partId]);
  assert.deepEqual(
    file?.parts.map(({ objectKey }) => objectKey),
    [two.objectKey, one.objectKey],
  );
  assert.deepEqual((await complete(upload, [two.partId, one.partId])).file, file);
});

test('a part that comes twice, or bytes that were not announced, make no file', async () => {
  const { begin, add, complete, files } = createWorld();
  const upload = await begin(6);
  const one = await add(upload, 'abc');
  await assert.rejects(complete(upload, [one.partId, one.partId]), { code: 'invalid_request' });
  await assert.rejects(complete(upload, [one.partId]), /have 3 bytes, and 6 were announced/);
  assert.equal(files.size, 0);
});

test('an upload that is cancelled while it is completed leaves no file', async () => {
  const { begin, add, complete, ports, files } = createWorld();
  const upload = await begin(3);
  const one = await add(upload, 'abc');
  const { end } = ports.uploads;
  ports.uploads.end = async (...ended) => {
    await end(upload, 'cancelled', null);
    return end(...ended);
  };
  await assert.rejects(complete(upload, [one.partId]), { code: 'conflict' });
  assert.equal(files.size, 0);
});

test('after its hour an upload is expired, and takes, makes and cancels nothing', async () => {
  const { begin, add, complete, ports } = createWorld();
  const upload = await begin(3);
  const one = await add(upload, 'abc');
  const late = start + uploadLifeMs;
  assert.equal(uploadStatus(upload, late), 'expired');
  await assert.rejects(add(upload, 'abc', late), { code: 'conflict' });
  await assert.rejects(complete(upload, [one.partId], late), { code: 'conflict' });
  await assert.rejects(cancelUpload('default', upload.uploadId, late, ports.uploads), { code: 'conflict' });
});
