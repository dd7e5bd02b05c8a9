import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import * as z from 'zod';
import type { Payloads } from './s3-payloads.ts';

/** Over this, as it is stored, a text goes to S3: a put costs as much as 8 KB of writes, and takes longer. */
const rowBytes = 24 * 1024;
/** Longer texts are not compressed: what a row has room for is hardly ever among them. */
const longestPacked = 256 * 1024;
/** Each begun KB that is written costs a unit: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-use-s3-too.html */
const unitBytes = 1024;
/** Of the rows of inputs, where nothing but keys lies beside the text. */
const besideText = 100;
/**
 * What compressed bytes begin with, for a stream of Brotli has no mark of its own: in a stream's record, where Lambda hands
 * them over as base64, these letters, with which no JSON text begins.
 */
const markInRecord = 'BR1/';
const mark = Buffer.from(markInRecord, 'base64');

/** Takes 0.2 ms for what a row has room for. */
const quickly = 5;
/** Takes twenty times as long for an eighth less: where that saves a unit, and up to this length. */
const hard = 10;
const hardShare = 0.88;
const longestHard = 4 * 1024;

/**
 * JSON text as it is stored in an attribute: by Brotli (RFC 7932) where that saves a unit. It knows words of English, Chinese
 * and four other languages beforehand, so short texts become half as long too.
 *
 * @param beside bytes of the row beside it
 */
export function packText(text: string, beside = besideText): string | Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(text);
  const units = (length: number) => Math.ceil((mark.length + length + beside) / unitBytes);
  if (units(bytes.length) === 1) return text;
  let packed = compress(bytes, quickly);
  const isWorthIt = units(packed.length * hardShare) < units(packed.length);
  if (isWorthIt && bytes.length <= longestHard) packed = compress(bytes, hard);
  const stored = Buffer.concat([mark, packed]);
  return stored.length < bytes.length ? stored : text;
}

function compress(bytes: Buffer, quality: number): Buffer {
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}

/** The text of such an attribute, from a row or from its image in a stream's record. */
export const PackedText = z.union([z.string(), z.instanceof(Uint8Array)]).transform((stored, context) => {
  if (typeof stored === 'string' && !stored.startsWith(markInRecord)) return stored;
  const bytes = typeof stored === 'string' ? Buffer.from(stored, 'base64') : stored;
  try {
    if (!mark.equals(bytes.subarray(0, mark.length))) throw new Error('no mark');
    return brotliDecompressSync(bytes.subarray(mark.length)).toString();
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
