import { ServiceError } from '../service-error.ts';
import { isTimedId, type StoredFile } from './file.ts';
import type { FileStore } from './file-store.ts';

/** Throws `not_found`, also of one whose time is over. */
export async function getFile(
  tenant: string,
  fileId: string,
  now: number,
  files: Pick<FileStore, 'get'>,
): Promise<StoredFile> {
  const file = isTimedId('file-', fileId) ? await files.get(tenant, fileId, now) : undefined;
  if (!file) throw new ServiceError('not_found', `There is no file ${fileId.slice(0, 100)}`);
  return file;
}
