import type { FilePart } from './file.ts';
import type { FileContents } from './file-store.ts';

/** The bytes `from` to `to` of a file, which is not read any more, as they come. Throws ContentGone. */
export async function* readFile(
  parts: readonly FilePart[],
  contents: Pick<FileContents, 'read'>,
  from = 0,
  to = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const { objectKey, bytes } of parts) {
    const [first, end] = [Math.max(0, from - start), Math.min(bytes, to - start)];
    if (first < end) yield* contents.read(objectKey, first, end);
    start += bytes;
  }
}
