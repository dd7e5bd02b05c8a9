import * as z from 'zod';
import type { Payloads } from './s3-payloads.ts';

/** Over this a text goes to S3: a row holds 400 KB at most, and each KB written costs a write unit. */
const textRowBytes = 200 * 1024;

/** A text in its row, or in the bucket, by its object's key. */
export const TextRow = z.object({ body: z.string().optional(), object_key: z.string().optional() });
export type TextRow = z.input<typeof TextRow>;

/** @param objectKey of the object that it becomes where it is too large for a row */
export async function placeText(payloads: Payloads, objectKey: string, text: string): Promise<TextRow> {
  if (Buffer.byteLength(text) <= textRowBytes) return { body: text };
  await payloads.put(objectKey, text);
  return { object_key: objectKey };
}

/** Undefined when its object is gone. */
export async function findText(payloads: Payloads, row: TextRow): Promise<string | undefined> {
  return row.object_key === undefined ? row.body : payloads.get(row.object_key);
}
