import type * as z from 'zod';
import { invalidRequest, parseRequest } from '../parse-request.ts';
import { fileLifeMs, placeObject, type StoredFile, timedId } from './file.ts';
import type { FileContents, FileStore } from './file-store.ts';
import { type ExpiresAfter, FileFields, Filename } from './file-wire.ts';

export interface FilePorts {
  files: FileStore;
  contents: FileContents;
}

/** A form with a file: its fields, those with brackets in their names as objects. */
export interface FileForm {
  fields: Record<string, unknown>;
  file: { name: string; bytes: Uint8Array } | undefined;
}

export interface NewFile {
  tenant: string;
  form: FileForm;
  /** A fresh UUID. */
  uuid: string;
  now: number;
}

/** Stores a file: its bytes first, so that one which is listed can be read. Throws `invalid_request`. */
export async function createFile(
  { tenant, form, uuid, now }: NewFile,
  ports: FilePorts,
): Promise<StoredFile> {
  const { purpose, expires_after } = parseRequest(FileFields, form.fields);
  const { name, bytes } = takeFile(form.file, 'file');
  const fileId = timedId('file-', now, uuid);
  const lifeMs = lifeOf(expires_after);
  const objectKey = placeObject(tenant, `${fileId}/0`, lifeMs);
  const file: StoredFile = {
    tenant,
    fileId,
    filename: parseRequest(Filename, name, '/file'),
    purpose,
    bytes: bytes.byteLength,
    createdAt: now,
    expiresAt: now + lifeMs,
    parts: [{ objectKey, bytes: bytes.byteLength }],
  };
  await ports.contents.put(objectKey, bytes);
  await ports.files.create(file);
  return file;
}

export function lifeOf(expiresAfter: z.infer<typeof ExpiresAfter> | undefined): number {
  return expiresAfter === undefined ? fileLifeMs : expiresAfter.seconds * 1_000;
}

/** Throws `invalid_request` where there is none, or it is empty. */
export function takeFile(file: FileForm['file'], field: string): NonNullable<FileForm['file']> {
  if (!file) throw invalidRequest([{ pointer: `/${field}`, detail: 'is required, as a file of the form' }]);
  if (file.bytes.byteLength === 0) throw invalidRequest([{ pointer: `/${field}`, detail: 'is empty' }]);
  return file;
}
