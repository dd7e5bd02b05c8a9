import * as z from 'zod';
import { type BatchAnswers, type RejectedTask, rejectionCodes } from '../core/batches/batch-answers.ts';
import { idempotencyMs } from '../core/tasks/idempotency.ts';
import { batchKey } from './batch-row.ts';
import { readSeed } from './dynamo-batch-store.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { jsonText, type Members, parseItem } from './parse-item.ts';
import type { Payloads } from './s3-payloads.ts';
import { findText, placeText, TextRow } from './stored-text.ts';

/** REJECTED, beside the batch: what of it was refused, for as long as its Idempotency-Key counts. */
const RejectedRow = TextRow.extend({ ttl: z.number() });
type RejectedRow = z.input<typeof RejectedRow>;
const Rejected = jsonText(
  z.array(
    z.object({
      index: z.int(),
      code: z.enum(rejectionCodes).default('invalid_request'),
      detail: z.string(),
      faults: z.array(z.object({ pointer: z.string(), detail: z.string() })),
    } satisfies Members<RejectedTask>),
  ),
);
const rejectedKey = (tenant: string, batchId: string, seed: string) => ({
  pk: batchKey(tenant, batchId).pk,
  sk: `REJECTED#${seed}`,
});

/** A row for each try of a submission with an Idempotency-Key of which something was refused. */
export function createDynamoBatchAnswers(options: { table: DynamoTable; payloads: Payloads }): BatchAnswers {
  const { table, payloads } = options;
  return {
    async keepRejected({ tenant, batchId, createdAt, seed }, rejected) {
      if (rejected.length === 0) return;
      const objectKey = `${tenant}/${batchId}/rejected-${seed}.json`;
      const placed = await placeText(payloads, objectKey, JSON.stringify(rejected));
      const ttl = Math.ceil((createdAt + idempotencyMs) / 1000);
      await table.put<RejectedRow>({ ...rejectedKey(tenant, batchId, seed), ...placed, ttl });
    },

    async find(tenant, batchId) {
      const seed = (await readSeed(table, tenant, batchId))?.seed;
      if (seed === undefined) return undefined;
      const item = await table.get(rejectedKey(tenant, batchId, seed), { consistent: true });
      const row = item && parseItem('What was refused of a batch', RejectedRow, item);
      const text = row && (await findText(payloads, row));
      return { seed, rejected: text ? parseItem('What was refused of a batch', Rejected, text) : [] };
    },
  };
}
