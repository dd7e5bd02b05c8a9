import { type StoredFile, timedId } from '../files/file.ts';
import { readJson } from '../json/read-json.ts';
import { deriveUuid } from '../tasks/idempotency.ts';
import { type AnswerLine, leaveOut } from './answer-line.ts';
import { writeParts } from './answer-parts.ts';
import type { BatchLine } from './batch-line.ts';
import type { BatchRunPorts, HeldBatch } from './batch-run.ts';
import { type Stop, unansweredOf } from './collect-answers.ts';
import type { LineReader } from './line-reader.ts';
import type { OpenaiBatch } from './openai-batch.ts';
import { answersKey } from './portion-record.ts';

/** Of the lines that are left out together. */
const atOnce = { lines: 2_000, bytes: 8 * 1024 * 1024 };

/** Writes that the lines which never became tasks are not answered, and why. */
export async function leaveOutRest(
  held: HeldBatch,
  reader: LineReader,
  stop: Stop,
  ports: BatchRunPorts,
): Promise<void> {
  while (held.batch.work.nextLine < held.batch.total) {
    const { batch } = held;
    const lines = await reader.peek(batch, atOnce);
    const last = lines.at(-1);
    if (!last) return;
    const left = lines.map(({ text = '' }, index): AnswerLine => {
      const { custom_id: customId } = readJson(text) as BatchLine;
      return leaveOut(batch, { place: batch.work.nextLine + index, customId }, unansweredOf(stop));
    });
    const parts = await writeParts(held, left, ports);
    const { nextLine } = batch.work;
    const outcome = batch.work.outcome ?? (stop === 'expired' ? stop : undefined);
    await held.save({
      work: { ...batch.work, ...parts, outcome, nextLine: nextLine + lines.length, nextByte: last.end },
      failed: parts.failed,
    });
  }
}

/** Makes the files of a batch whose lines are all answered, and ends it. A run that comes after a crash makes the same. */
export async function finishBatch(held: HeldBatch, ports: BatchRunPorts): Promise<void> {
  const at = held.batch.times.finalizing ?? ports.clock();
  if (held.batch.status !== 'finalizing')
    await held.save({ status: 'finalizing', times: { ...held.batch.times, finalizing: at } });
  const { batch } = held;
  const output = await makeFile(batch, 'output', at, ports);
  const error = await makeFile(batch, 'error', at, ports);
  const outcome = batch.times.cancelling === undefined ? (batch.work.outcome ?? 'completed') : 'cancelled';
  await held.save({
    status: outcome,
    times: { ...batch.times, [outcome]: ports.clock() },
    outputFileId: output?.fileId ?? null,
    errorFileId: error?.fileId ?? null,
    work: { ...batch.work, open: [] },
  });
}

async function makeFile(
  batch: OpenaiBatch,
  kind: 'output' | 'error',
  now: number,
  { files }: BatchRunPorts,
): Promise<StoredFile | undefined> {
  const { tenant, batchId, outputLifeMs } = batch;
  const sizes = batch.work[kind];
  if (sizes.length === 0) return undefined;
  const file: StoredFile = {
    tenant,
    fileId: timedId('file-', now, deriveUuid('batch file', batchId, kind)),
    filename: `${batchId}_${kind}.jsonl`,
    purpose: 'batch_output',
    bytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
    createdAt: now,
    expiresAt: now + outputLifeMs,
    parts: sizes.map((bytes, part) => ({ objectKey: answersKey(batch, kind, part), bytes })),
  };
  await files.create(file);
  return file;
}
