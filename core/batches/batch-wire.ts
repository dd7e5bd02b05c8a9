import * as z from 'zod';
import { toWireTime, toWireTimeOrNull, WireTime } from '../wire-time.ts';
import { type Batch, batchCounts, batchStatus } from './batch.ts';

export const WireBatch = z
  .object({
    batch_id: z.string().meta({ description: '`batch_<uuid>`' }),
    status: z.enum(['processing', 'completed']).meta({
      description: '`completed` once every accepted task has ended, in whichever way',
    }),
    counts: z.object({
      total: z
        .int()
        .meta({ description: 'Accepted tasks; those that were refused are not part of the batch' }),
      queued: z.int(),
      processing: z.int(),
      completed: z.int(),
      failed: z.int(),
      cancelled: z.int(),
    }),
    created_at: WireTime.meta({ description: 'When it was accepted' }),
    completed_at: WireTime.nullable().meta({ description: 'When its last task ended; null before' }),
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
