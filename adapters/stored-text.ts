import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import * as z from 'zod';
import type { Payloads } from './s3-payloads.ts';

/** Over this, as it is stored, a text goes to S3: a put costs as much as 8 KB of writes, and takes longer. */
const rowBytes = 24 * 1024;
/** Longer texts are not compressed: what a row has room for is hardly ever among them. */
const longestPacked = 256 * 1024;
/** Each KB that is written costs a unit: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-use-s3-too.html */
const shortestPacked = 1024;
/** How a binary attribute begins in a stream's record, where Lambda hands it over as base64: the magic number of Zstandard. */
const packedInRecord = 'KLUv/';

/** JSON text as it is stored in an attribute: from 1 KB on by Zstandard (RFC 8878), which halves what people write. */
export function packText(text: string): string | Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(text);
  if (bytes.length < shortestPacked) return text;
  const packed = zstdCompressSync(bytes);
  return packed.length < bytes.length ? packed : text;
}

/** The text of such an attribute, from a row or from its image in a stream's record. */
export const PackedText = z.union([z.string(), z.instanceof(Uint8Array)]).transform((stored, context) => {
  if (typeof stored === 'string' && !stored.startsWith(packedInRecord)) return stored;
  try {
    return zstdDecompressSync(typeof stored === 'string' ? Buffer.from(stored, 'base64') : stored).toString();
  } catch {
    context.addIssue('is no text that was compressed');
    return z.NEVER;
  }
});

/** A text in its row, or in the bucket, by its object's key. */
export const TextRow = z.object({ body: PackedText.optional(), object_key: z.string().optional() });
export type TextRow = z.input<typeof TextRow>;

/** @param objectKey of the object that it becomes where it is too large for a row */
export async function placeText(payloads: Payloads, objectKey: string, text: string): Promise<TextRow> {
  if (text.length <= longestPacked) {
    const body = packText(text);
    if (Buffer.byteLength(body) <= rowBytes) return { body };
  }
  await payloads.put(objectKey, text);
  return { object_key: objectKey };
}

/** Undefined when its object is gone. */
export async function findText(
  payloads: Payloads,
  row: z.output<typeof TextRow>,
): Promise<string | undefined> {
  return row.object_key === undefined ? row.body : payloads.get(row.object_key);
}
