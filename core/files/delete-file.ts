import type { FilePorts } from './create-file.ts';
import { getFile } from './get-file.ts';

/** Deletes a file and its bytes; what has them is then not found. Throws `not_found`. */
export async function deleteFile(
  tenant: string,
  fileId: string,
  now: number,
  { files, contents }: FilePorts,
): Promise<void> {
  const { parts } = await getFile(tenant, fileId, now, files);
  // Where this is not reached, or the next one, a repeat finds the file and does both.
  await contents.delete(parts.map(({ objectKey }) => objectKey));
  await files.delete(tenant, fileId);
}
