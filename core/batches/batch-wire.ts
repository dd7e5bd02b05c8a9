import * as z from 'zod';
import { toWireTime, toWireTimeOrNull, WireTime } from '../wire-time.ts';
import { type Batch, batchCounts, batchStatus } from './batch.ts';

export const WireBatch = z
  .object({
    batch_id: z.string(),
    status: z.enum(['processing', 'completed']),
    counts: z.object({
      total: z.int(),
      queued: z.int(),
      processing: z.int(),
      completed: z.int(),
      failed: z.int(),
      cancelled: z.int(),
    }),
    created_at: WireTime,
    completed_at: WireTime.nullable(),
  })
  .meta({ id: 'Batch' });
export type WireBatch = z.infer<typeof WireBatch>;

export function toWireBatch(batch: Batch): WireBatch {
  return {
    batch_id: batch.batchId,
    status: batchStatus(batch),
    counts: batchCounts(batch),
    created_at: toWireTime(batch.createdAt),
    completed_at: toWireTimeOrNull(batch.completedAt),
  };
}
