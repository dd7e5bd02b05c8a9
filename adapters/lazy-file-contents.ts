import type { FileContents } from '../core/files/file-store.ts';
import { once } from './once.ts';

/** Contents of files in S3, whose client is loaded by the first that is read or written. */
export function createLazyFileContents(options: { bucket: string }): FileContents {
  const open = once(async () => (await import('./s3-file-contents.ts')).createS3FileContents(options));
  return {
    put: async (objectKey, bytes) => (await open()).put(objectKey, bytes),
    async *read(objectKey, from, to) {
      yield* (await open()).read(objectKey, from, to);
    },
    delete: async (objectKeys) => (await open()).delete(objectKeys),
  };
}
