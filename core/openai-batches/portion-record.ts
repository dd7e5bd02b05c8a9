import * as z from 'zod';
import { placeObject } from '../files/file.ts';
import type { FileContents } from '../files/file-store.ts';
import type { OpenaiBatch } from './openai-batch.ts';

/** What is kept of the lines of a portion, so that nobody reads them again. */
const PortionRecord = z.array(
  z.object({
    id: z.string(),
    /** The answer of a line that was refused at once. */
    refused: z.string().optional(),
  }),
);
export type PortionRecord = z.infer<typeof PortionRecord>;

/** Needed until the batch has ended, for which its files are kept longer still. */
const keyOf = ({ tenant, batchId, outputLifeMs, deadlineAt, createdAt }: OpenaiBatch, name: string) =>
  placeObject(tenant, `${batchId}/${name}`, deadlineAt - createdAt + outputLifeMs);

const portionKey = (batch: OpenaiBatch, portion: number) => keyOf(batch, `portion-${portion}`);
export const answersKey = (batch: OpenaiBatch, file: 'output' | 'error', part: number) =>
  keyOf(batch, `${file}-${part}`);

export async function keepRecord(
  batch: OpenaiBatch,
  portion: number,
  record: PortionRecord,
  contents: Pick<FileContents, 'put'>,
): Promise<void> {
  await contents.put(portionKey(batch, portion), Buffer.from(JSON.stringify(record)));
}

export async function readRecord(
  batch: OpenaiBatch,
  portion: number,
  contents: Pick<FileContents, 'read'>,
): Promise<PortionRecord> {
  const key = portionKey(batch, portion);
  const pieces = await Array.fromAsync(contents.read(key, 0, longestRecord));
  return PortionRecord.parse(JSON.parse(Buffer.concat(pieces).toString()));
}

/** More than a record can have: S3 answers what there is. */
const longestRecord = 64 * 1024 * 1024;
