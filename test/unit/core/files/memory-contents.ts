import { ContentGone, type FileContents } from '../../../../core/files/file-store.ts';

/** Objects in memory. `reads` names each range that was read. */
export function createMemoryContents(texts: Record<string, string> = {}) {
  const objects = new Map(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text)]));
  const reads: string[] = [];
  const contents: FileContents = {
    async put(objectKey, bytes) {
      objects.set(objectKey, Buffer.from(bytes));
    },
    async *read(objectKey, from, to) {
      reads.push(`${objectKey} ${from}-${to}`);
      const object = objects.get(objectKey);
      if (!object) throw new ContentGone(`The object ${objectKey} is gone`);
      yield object.subarray(from, to);
    },
    async delete(objectKeys) {
      for (const key of objectKeys) objects.delete(key);
    },
  };
  return { contents, objects, reads };
}
