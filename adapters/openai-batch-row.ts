import * as z from 'zod';
import {
  type BatchFault,
  type BatchTimes,
  type BatchUsage,
  type BatchWork,
  batchEndpoints,
  type OpenaiBatch,
  openaiBatchStatuses,
} from '../core/openai-batches/openai-batch.ts';
import { priorities } from '../core/tasks/task.ts';
import { batchKey } from './batch-row.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import { jsonText, type Members, parseItem } from './parse-item.ts';

export const openaiBatchKind = 'openai_batch';

const { cancelling: _, ...statuses } = z.enum(openaiBatchStatuses).enum;

const time = z.number().optional();

const StoredWork = jsonText(
  z.object({
    input: z.array(z.object({ objectKey: z.string(), bytes: z.number() })),
    nextLine: z.number(),
    nextByte: z.number(),
    portions: z.number(),
    open: z.array(
      z
        .object({ number: z.number(), first: z.number(), count: z.number(), left: z.string() })
        .transform(({ left, ...portion }) => ({ ...portion, left: readPlaces(left) })),
    ),
    output: z.array(z.number()),
    error: z.array(z.number()),
    completed: z.number(),
    failed: z.number(),
    outcome: z.enum(['completed', 'failed', 'expired', 'cancelled']).optional(),
  } satisfies Members<BatchWork>),
);

/**
 * A batch of OpenAI's clients, where a batch of the service itself would lie, so that its lines are known as tasks of a batch that is
 * there: `seed` is what their ids are made of. Times are epoch milliseconds, `ttl` is in seconds. A run has it until `lease_until`;
 * without one it is due at `look_at`.
 */
export const OpenaiBatchRow = z.object({
  kind: z.literal(openaiBatchKind),
  tenant: z.string(),
  batch_id: z.string(),
  seed: z.string(),
  endpoint: z.enum(batchEndpoints),
  input_file_id: z.string(),
  completion_window: z.string(),
  metadata: jsonText(z.record(z.string(), z.string())).optional(),
  priority: z.enum(priorities),
  output_life_ms: z.number(),
  status: z.enum(statuses),
  created_at: z.number(),
  deadline_at: z.number(),
  /** Written by whoever cancels, while a run writes the others. */
  cancelling_at: z.number().optional(),
  times: jsonText(
    z.object({
      in_progress: time,
      finalizing: time,
      completed: time,
      failed: time,
      expired: time,
      cancelled: time,
    } satisfies Record<Exclude<keyof BatchTimes, 'cancelling'>, z.ZodType>),
  ),
  faults: jsonText(
    z.array(
      z.object({
        code: z.string(),
        message: z.string(),
        line: z.number().nullable(),
        param: z.string().nullable(),
      } satisfies Members<BatchFault>),
    ),
  ),
  total: z.number(),
  completed: z.number(),
  failed: z.number(),
  usage: jsonText(
    z.object({
      promptTokens: z.number(),
      completionTokens: z.number(),
      cachedPromptTokens: z.number(),
      reasoningTokens: z.number(),
    } satisfies Members<BatchUsage>),
  ),
  output_file_id: z.string().optional(),
  error_file_id: z.string().optional(),
  work: StoredWork,
  run: z.string().optional(),
  lease_from: z.number().optional(),
  lease_until: z.number().optional(),
  look_at: z.number(),
  list_pk: z.string(),
  list_sk: z.string(),
  open_pk: z.string().optional(),
  open_sk: z.string().optional(),
  ttl: z.number(),
});
/** As it is stored. */
export type OpenaiBatchRow = z.input<typeof OpenaiBatchRow>;

export const openaiBatchKey = (tenant: string, batchId: string): ItemKey => batchKey(tenant, batchId);

/** What a run may change of a batch. */
export function changedAttributes(batch: OpenaiBatch) {
  const { cancelling: __, ...times } = batch.times;
  const open = batch.work.open.map(({ left, ...portion }) => ({
    ...portion,
    left: writePlaces(left, portion.count),
  }));
  return {
    status: batch.status,
    times: JSON.stringify(times),
    faults: JSON.stringify(batch.faults),
    total: batch.total,
    completed: batch.completed,
    failed: batch.failed,
    usage: JSON.stringify(batch.usage),
    ...(batch.outputFileId !== null && { output_file_id: batch.outputFileId }),
    ...(batch.errorFileId !== null && { error_file_id: batch.errorFileId }),
    work: JSON.stringify({ ...batch.work, open }),
  } satisfies Partial<OpenaiBatchRow>;
}

export function openaiBatchFromItem(item: Item): OpenaiBatch {
  const row = parseItem('The row of a batch of OpenAI’s clients', OpenaiBatchRow, item);
  return {
    tenant: row.tenant,
    batchId: row.batch_id,
    endpoint: row.endpoint,
    inputFileId: row.input_file_id,
    completionWindow: row.completion_window,
    metadata: row.metadata ?? null,
    priority: row.priority,
    outputLifeMs: row.output_life_ms,
    status: row.status,
    createdAt: row.created_at,
    deadlineAt: row.deadline_at,
    times: { ...row.times, ...(row.cancelling_at !== undefined && { cancelling: row.cancelling_at }) },
    faults: row.faults,
    total: row.total,
    completed: row.completed,
    failed: row.failed,
    usage: row.usage,
    outputFileId: row.output_file_id ?? null,
    errorFileId: row.error_file_id ?? null,
    work: row.work,
  };
}

/** A bit for each line of a portion: 250 are 44 characters, however many of them are left. */
function writePlaces(places: readonly number[], count: number): string {
  const bits = Buffer.alloc(Math.ceil(count / 8));
  for (const place of places) bits.writeUInt8(bits.readUInt8(place >> 3) | (1 << (place & 7)), place >> 3);
  return bits.toString('base64');
}

function readPlaces(text: string): number[] {
  const bits = Buffer.from(text, 'base64');
  return Array.from({ length: bits.length * 8 }, (_, place) => place).filter(
    (place) => bits.readUInt8(place >> 3) & (1 << (place & 7)),
  );
}
